import { readdirSync, readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { create } from '../../src/create/command.ts';
import { createHelp } from '../../src/create/help.ts';
import { run } from '../support/program.ts';
import { createProgram, repository } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { writtenTo } from './test-context.ts';

/** What is loaded for `--help`: the built entry and everything that it imports statically. */

const dist = join(repository, 'dist');

/** Texts that survive the minifier, each in one heavy part only. */
const marks: Readonly<Record<string, string>> = {
  'the prompts (clack)': 'clack:cancel',
  'the answers': 'is not JSON: ',
  'child processes (cross-spawn)': 'windowsVerbatimArguments',
  'what reads the templates': 'not defined in the data of a template',
  'YAML (js-yaml)': 'YAMLException',
  'the plan of a project': 'The template has ',
  'the table of options': 'is not in this version yet',
  'writing a project': '.create-scalekit-mcp-',
  'the local Scalekit (oidc-provider)': 'interactionDetails',
  'tokens (jose)': 'ERR_JOSE_GENERIC',
  "the MCP SDK's client": 'notifications/initialized',
};

function reachable(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const source = readFileSync(file, 'utf8');
  for (const [, path] of source.matchAll(/(?:from|import)\s*["'](\.{1,2}\/[\w./-]+\.js)["']/g))
    if (path !== undefined) reachable(resolve(dirname(file), path), seen);
  return seen;
}

const everything = readdirSync(join(dist, 'chunks')).map((name) => join(dist, 'chunks', name));
const text = (files: Iterable<string>) => [...files].map((file) => readFileSync(file, 'utf8')).join('\n');

describe.each(['create.js', 'scalekit-mcp.js'])('dist/%s', (entry) => {
  const loaded = reachable(join(dist, entry));

  test.each(Object.entries(marks))('does not load %s', (_, mark) => {
    expect(text(everything).includes(mark), 'the mark is somewhere').toBe(true);
    expect(text(loaded).includes(mark), 'the mark is loaded').toBe(false);
  });

  test('is small', () => {
    expect(Buffer.byteLength(text(loaded))).toBeLessThan(entry === 'create.js' ? 15_000 : 90_000);
  });
});

describe('the help of create, rendered when it is built', () => {
  const help = async (...flags: readonly string[]) =>
    (await run(process.execPath, [createProgram, ...flags], { cwd: repository })).stdout;

  test.each(['--help', '-h'])('is with %s what the table says', async (flag) => {
    expect(await help(flag)).toBe(createHelp('create-scalekit-mcp'));
    expect(await help(flag, '--yes'), 'with more than that').toBe(createHelp('create-scalekit-mcp'));
  });

  test('is wrapped for a narrow terminal, and keeps its width in a wide one', async () => {
    const shown = async (columns: number) => {
      const out = Object.assign(new PassThrough(), { columns });
      const context = { env: {}, cwd: repository, stdin: process.stdin, stdout: out, stderr: out };
      const { signal } = new AbortController();
      expect(await create(['--help'], { ...context, signal })).toBe(0);
      return writtenTo(out);
    };
    expect(await shown(60)).toBe(createHelp('create-scalekit-mcp', 60));
    expect(await shown(60)).not.toBe(await shown(120));
    expect(await shown(300)).toBe(createHelp('create-scalekit-mcp'));
  });

  test('is also printed if npm took an option for itself', async () => {
    const env = { npm_command: 'init', npm_config_template: 'blank' };
    const { code, stdout } = await run(process.execPath, [createProgram, '--help'], { cwd: repository, env });
    expect([code, stdout]).toEqual([0, createHelp('create-scalekit-mcp')]);
  });
});

test('every part of the build loads without installed packages', async () => {
  const alone = await temporaryDirectory();
  for (const part of ['bin', 'dist', 'package.json'])
    await cp(join(repository, part), join(alone, part), { recursive: true });
  const script = `for (const name of ${JSON.stringify(everything.map((file) => basename(file)))})
    await import(new URL('dist/chunks/' + name, 'file://' + process.cwd() + '/'));`;
  const loaded = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: alone });
  expect(loaded).toMatchObject({ code: 0, stdout: '' });
  const made = await run(process.execPath, ['bin/create-scalekit-mcp.js', 'x', '--no-install', '--no-git'], {
    cwd: alone,
  });
  expect(made).toMatchObject({ code: 0, stderr: '' });
});
