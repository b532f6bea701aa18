import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { commands } from '../../src/program/commands/index.ts';
import { lacks } from '../support/needs.ts';
import { freePort } from '../support/ports.ts';
import { run } from '../support/program.ts';
import { createProgram, scalekitProgram } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { keys, pseudoTerminals, Terminal } from './terminal.ts';

/** What holds for every command of the built program, with a terminal and without. What each says is in its own tests. */

const program = `${process.execPath} ${scalekitProgram}`;
/** Time for a program's first answer, on a busy machine that has to start it. */
const patience = 60_000;

const names = commands.filter((row) => !('isHidden' in row)).map(({ name }) => name);

interface Place {
  readonly cwd?: string;
  readonly columns?: number;
  readonly env?: Record<string, string>;
}

async function open(args: string, { cwd, columns = 60, env = {} }: Place = {}): Promise<Terminal> {
  const directory = cwd ?? (await temporaryDirectory());
  const state = { HOME: directory, XDG_STATE_HOME: join(directory, '.state'), NO_COLOR: '1' };
  const terminal = new Terminal(`${program} ${args}`, { cwd: directory, columns, env: { ...state, ...env } });
  onTestFinished(() => terminal.close());
  return terminal;
}

/** Lines that the terminal itself had to break, except for commands, which are copied whole, and single words. */
function brokenLines(terminal: Terminal, columns: number): readonly string[] {
  const lines = terminal.copied().split('\n');
  return lines.filter((line) => line.length > columns && !/scalekit-mcp[ @]|^ *\S+$/.test(line));
}

const skipped = lacks('commands in a terminal', [pseudoTerminals]);

describe.skipIf(skipped)('at 60 columns, without colours', () => {
  test.each(names)('%s --help fits', async (name) => {
    const terminal = await open(`${name} --help`);
    expect(await terminal.exit()).toBe(0);
    expect(terminal.screen()).toContain('--');
    expect(brokenLines(terminal, 60)).toEqual([]);
    expect(terminal.isStyled()).toBe(false);
  });

  test.each(names)('%s: refuses an unknown option', async (name) => {
    const terminal = await open(`${name} --no-such-option`);
    expect(await terminal.exit()).toBe(2);
    expect(terminal.copied()).toMatch(/^error: .*--no-such-option/);
    expect(terminal.copied()).toMatch(/→ .*--help/);
    expect(terminal.isStyled()).toBe(false);
  });
});

/** It runs until it is stopped, in any folder. */
const serving = 'emulate';

describe('without a terminal, in an empty folder', () => {
  test.each(names.filter((name) => name !== serving))(
    '%s ends at once with the reason and what to do, and writes nothing',
    async (name) => {
      const cwd = await temporaryDirectory();
      const env = { HOME: cwd, XDG_STATE_HOME: join(cwd, '.state') };
      const { code, stdout, stderr } = await run(process.execPath, [scalekitProgram, name], { cwd, env });
      expect({ code, stdout }).toEqual({ code: expect.toBeOneOf([1, 2]), stdout: '' });
      expect(stderr).toMatch(/^error: /);
      expect(stderr).toMatch(/^ {2}→ /m);
      expect(await readdir(cwd)).toEqual([]);
    },
  );
});

async function project(): Promise<string> {
  const cwd = await temporaryDirectory();
  const quick = ['--no-install', '--no-git', '--no-check', '--port', String(await freePort())];
  const args = [createProgram, 'notes', '--yes', ...quick];
  expect(await run(process.execPath, args, { cwd })).toMatchObject({ code: 0 });
  return join(cwd, 'notes');
}

/** A server that takes a request and never answers. */
async function silentServer(): Promise<{ readonly endpoint: string; readonly asked: Promise<unknown> }> {
  const server = createServer(() => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}/mcp`, asked: once(server, 'request') };
}

describe.skipIf(skipped)('Ctrl-C ends with 130', () => {
  test('emulate', async () => {
    const terminal = await open('emulate --port 0');
    await terminal.see(/http:\/\/localhost:\d+/, patience);
    terminal.type(keys.ctrlC);
    expect(await terminal.exit()).toBe(130);
    expect(terminal.screen()).not.toContain('error:');
  });

  test('doctor --watch', async () => {
    const terminal = await open('doctor --watch --offline', { cwd: await project() });
    await terminal.see(/Ctrl-C/, patience);
    terminal.type(keys.ctrlC);
    expect(await terminal.exit()).toBe(130);
    expect(terminal.screen()).not.toContain('error:');
  });

  test.each(['call look', 'list'])('%s, while the server does not answer', async (command) => {
    const { endpoint, asked } = await silentServer();
    const terminal = await open(`${command} --url ${endpoint}`);
    await asked;
    terminal.type(keys.ctrlC);
    expect(await terminal.exit()).toBe(130);
    expect(terminal.screen()).not.toContain('error:');
  });

  test('add, and nothing is written', async () => {
    const cwd = await project();
    const before = await readdir(join(cwd, 'src/tools'));
    const terminal = await open('add tool archive_note --scopes todo:archive', { cwd });
    await terminal.see(/\?/, patience);
    terminal.type(keys.ctrlC);
    expect(await terminal.exit()).toBe(130);
    expect(await readdir(join(cwd, 'src/tools'))).toEqual(before);
  });
});
