// What scripts rely on, for every command: exit codes, stdout and stderr, pure JSON, no prompts without a terminal.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { flagOf, optionNames, optionOf } from '../../src/create/options.ts';
import type { CommandRow } from '../../src/program/command.ts';
import { commands } from '../../src/program/commands/index.ts';
import { runToExitCode } from '../../src/program/run.ts';
import { scalekitMcp } from '../../src/program/toolbox.ts';
import type { Context } from '../../src/terminal/context.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { writtenTo } from './test-context.ts';

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in an empty folder, with nobody at a terminal. A question would wait for ever, and fail the test. */
async function scalekit(...args: readonly string[]): Promise<Ran> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const home = await temporaryDirectory();
  const cwd = join(home, 'empty');
  await mkdir(cwd);
  const { signal } = new AbortController();
  const env = { PATH: process.env.PATH, HOME: home, XDG_STATE_HOME: home, LOCALAPPDATA: home };
  const context: Context = { env, cwd, stdin, stdout, stderr, signal };
  const code = await runToExitCode(scalekitMcp, args, context);
  return { code, stdout: writtenTo(stdout), stderr: writtenTo(stderr) };
}

const rows = commands.filter((row): row is CommandRow => !('passes' in row));

/** Every long flag of a command, as its table has it. */
function flagsOf(name: string): readonly string[] {
  const row = rows.find((each) => each.name === name);
  if (row !== undefined) return row.options.map(([flags]) => /--[\w-]+/.exec(flags)?.[0] ?? flags);
  // `create` has a table of its own; a switch with a second form is listed as --[no-]name.
  return optionNames.flatMap((option) =>
    option === 'directory' || optionOf(option).negatable ? [] : [flagOf(option)],
  );
}

const named = commands.map(({ name }) => name);
const takesJson = (name: string) => flagsOf(name).includes('--json');

/** A word as somebody types it in a hurry: without its second last letter. */
const misspelt = (word: string) => `${word.slice(0, -2)}${word.slice(-1)}`;

/** The first flag that is long enough to be misspelt without looking like another one. */
const longFlags = named.flatMap((name) => {
  const long = flagsOf(name).find((flag) => flag.length > 6);
  return long === undefined ? [] : [[name, long] as const];
});
const wrong = (name: string) => (name === 'emulate' ? ['--port', 'x'] : []);
const withJson = named.filter(takesJson);

test.each(named)('%s --help names every option, on stdout alone', async (name) => {
  for (const help of ['--help', '-h']) {
    const { code, stdout, stderr } = await scalekit(name, help);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const flag of [...flagsOf(name), '--help']) expect(stdout).toContain(flag);
    for (const line of stdout.split('\n')) expect(line).not.toMatch(/\s$|\bundefined\b/);
  }
});

test.each(longFlags)('%s: a misspelt %s is refused, and named', async (name, long) => {
  const { code, stdout, stderr } = await scalekit(name, misspelt(long));
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^error: /);
  expect(stderr).toContain(`mean ${long}?`);
  expect(stderr).toMatch(/^ {2}→ .*--help/m);
});

test.each(withJson)('%s --json: an error is one document, with a code and what to do next', async (name) => {
  for (const args of [['--no-such-option'], wrong(name)]) {
    const { code, stdout, stderr } = await scalekit(name, '--json', ...args);
    expect(stderr).toBe('');
    const document = JSON.parse(stdout);
    expect(document.exitCode).toBe(code);
    if (code === 0 || document.error === undefined) continue;
    expect(document.error).toMatchObject({
      code: expect.stringMatching(/^[\w-]+(?:\/[\w-]+)*$/),
      message: expect.stringMatching(/./),
      next: expect.stringMatching(/./),
    });
  }
});

test.each(withJson)('%s ends with the same exit code in both formats', async (name) => {
  const text = await scalekit(name, ...wrong(name));
  const json = await scalekit(name, ...wrong(name), '--json');
  expect(json.code).toBe(text.code);
});

/** Commands that print results on stdout, findings included. */
const reports = ['doctor', 'self-check'];

test.each(named.filter((name) => name !== 'emulate'))(
  '%s in an empty folder, without a terminal, ends and says why',
  async (name) => {
    const { code, stdout, stderr } = await scalekit(name);
    expect([1, 2, 3]).toContain(code);
    expect(stderr).not.toMatch(/^\s+at /m);
    if (reports.includes(name)) return;
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: .+\n(?:.*\n)*? {2}→ .+\n/);
  },
);

describe('scalekit-mcp', () => {
  test.each(named.filter((name) => name.length > 3))('a misspelt %s gets a suggestion', async (name) => {
    const { code, stdout, stderr } = await scalekit(misspelt(name));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    if (!rows.some((row) => row.name === name && row.isHidden))
      expect(stderr).toMatch(new RegExp(`mean (?:one of .*)?\\b${name}\\b`));
  });

  test('without arguments it prints its help, and that a command is missing', async () => {
    const { code, stdout } = await scalekit();
    expect(code).toBe(2);
    for (const row of commands)
      if (!('isHidden' in row)) expect(stdout).toMatch(new RegExp(`^ {2}${row.name}\\b`, 'm'));
    expect((await scalekit('--help')).code).toBe(0);
    expect((await scalekit('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
