import { readdirSync, readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../support/program.ts';
import { repository } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** What is loaded for `--help`: the built entry and all that it imports without being asked to. */

const dist = join(repository, 'dist');

/** Texts that survive the minifier, each in one heavy part only. */
const marks: Readonly<Record<string, string>> = {
  'the prompts (clack)': 'clack:cancel',
  'the answers': 'is not JSON: ',
  'child processes (cross-spawn)': 'windowsVerbatimArguments',
  'the templates': 'AGENTS.md.hbs',
  'YAML (js-yaml)': 'YAMLException',
  'the plan of a project': 'The template has ',
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
    expect(Buffer.byteLength(text(loaded))).toBeLessThan(90_000);
  });
});

test('the build needs nothing beside itself: every part of it loads where there are no packages', async () => {
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
