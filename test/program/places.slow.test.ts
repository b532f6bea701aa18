// Programs run by other programs and on odd machines: without a home directory, a reader of stdout, or a terminal to ask.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { localIdentifiers } from '../../src/scalekit/index.ts';
import { lacks } from '../support/needs.ts';
import { run } from '../support/program.ts';
import { createProgram, scalekitProgram } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { pseudoTerminals, Terminal } from './terminal.ts';

const options = ['--yes', '--no-install', '--no-git', '--no-check'];

describe('a reader that closes early, like `head`', () => {
  test.each([
    ['create --help', createProgram, ['--help']],
    ['create --print-schema', createProgram, ['--print-schema']],
    ['create --json', createProgram, ['x', ...options, '--dry-run', '--json']],
    ['scalekit-mcp --help', scalekitProgram, ['--help']],
    ['doctor --json', scalekitProgram, ['doctor', '--offline', '--json']],
  ])('is not an error for %s', async (_, program, args) => {
    const cwd = await temporaryDirectory();
    const child = spawn(process.execPath, [program, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [code, signal] = await once(child, 'close');
    expect({ stderr, signal }).toEqual({ stderr: '', signal: null });
    // Having nothing to examine counts as missing input.
    expect([0, 1, 2]).toContain(code);
  });
});

/** Variables that name a person's folders, on every system. */
const folders = ['HOME', 'USERPROFILE', 'LOCALAPPDATA', 'APPDATA', 'XDG_STATE_HOME', 'XDG_CACHE_HOME'];
const homes = {
  'without a home': async () => undefined,
  'with a home that is not there': async () => join(await temporaryDirectory(), 'gone'),
  'with a home that cannot be written': async () => {
    const file = join(await temporaryDirectory(), 'file');
    await writeFile(file, '');
    return file;
  },
};

test.each(Object.entries(homes))(
  '%s projects are created, diagnosed and compared all the same',
  async (_, make) => {
    const home = await make();
    const env = Object.fromEntries(
      folders.map((name) => [name, name === 'XDG_STATE_HOME' ? undefined : home]),
    );
    const cwd = await temporaryDirectory();
    const made = await run(process.execPath, [createProgram, 'app', ...options, '--json'], { cwd, env });
    expect([made.code, made.stderr], made.stdout).toEqual([0, '']);
    for (const args of [
      ['update', '--check', '--json'],
      ['add', 'scope', 'todo:late', 'Later', '--yes', '--json'],
      ['connect', 'cursor', '--dry-run', '--json'],
    ]) {
      const ended = await run(process.execPath, [scalekitProgram, ...args], { cwd: join(cwd, 'app'), env });
      expect(ended.stderr, args[0]).toBe('');
      expect(JSON.parse(ended.stdout), args[0]).toMatchObject({ exitCode: ended.code });
      expect(ended.code, ended.stdout).toBe(0);
    }
  },
);

test('a proxy and a registry that do not answer cause no failure if nothing is fetched', async () => {
  const cwd = await temporaryDirectory();
  const nobody = 'http://127.0.0.1:9/';
  const env = { HTTPS_PROXY: nobody, HTTP_PROXY: nobody, https_proxy: nobody, npm_config_registry: nobody };
  const made = await run(process.execPath, [createProgram, 'app', ...options], { cwd, env });
  expect([made.code, made.stderr], made.stdout).toEqual([0, '']);
});

describe.skipIf(lacks('programs in a terminal of CI', [pseudoTerminals]))('in a terminal of CI', () => {
  test.each([
    ['create-scalekit-mcp', `${createProgram}`],
    ['scalekit-mcp eject', `${scalekitProgram} eject`],
  ])('%s asks nothing: exit code 2, or 1 if there is nothing to confirm', async (_, command) => {
    const cwd = await temporaryDirectory();
    const terminal = new Terminal(`${process.execPath} ${command}`, { cwd, env: { CI: '1' } });
    onTestFinished(() => terminal.close());
    expect([1, 2]).toContain(await terminal.exit());
    expect(terminal.screen()).toMatch(/error: /);
    expect(existsSync(join(cwd, 'todo-mcp'))).toBe(false);
  });
});

describe('a machine that refuses', () => {
  const full = { what: '/dev/full', present: existsSync('/dev/full'), install: 'Linux' };

  test.skipIf(lacks('a disk without space', [full]))('a full disk under stdout is told, with 1', async () => {
    const cwd = await temporaryDirectory();
    const command = `'${process.execPath}' '${createProgram}' --print-schema > /dev/full`;
    const { code, stderr } = await run('sh', ['-c', command], { cwd });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'error: The output cannot be written: no space is left on the disk (ENOSPC).\n',
    });
  });

  test('a state folder that cannot be used is told, and how to have another', async () => {
    const cwd = await temporaryDirectory();
    const file = join(cwd, 'file');
    await writeFile(file, '');
    const local = { SCALEKIT_ENVIRONMENT_URL: 'http://localhost:4002', MCP_URL: 'http://localhost:3002/' };
    const settings = { ...local, SCALEKIT_RESOURCE_ID: localIdentifiers.resourceId };
    await writeFile(
      join(cwd, '.env'),
      Object.entries(settings)
        .map((each) => each.join('='))
        .join('\n'),
    );
    const env = { XDG_STATE_HOME: file };
    const { code, stderr } = await run(process.execPath, [scalekitProgram, 'token'], { cwd, env });
    expect(code).toBe(1);
    expect(stderr).toContain(`error: ${file}/scalekit-mcp`);
    expect(stderr).toContain('a part of the path is a file, not a folder (ENOTDIR)');
    expect(stderr).toContain('XDG_STATE_HOME');
  });
});
