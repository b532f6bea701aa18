import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keys, Terminal } from '../program/terminal.ts';
import { Program, run } from '../support/program.ts';
import { createProgram } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/waiting.ts';

/** An install that fails, is missing, or is interrupted. The package managers are scripts of our own. */

/** Makes a folder with a package manager that is found before the real ones. @returns a PATH. */
async function fakeManager(name: string, script: string): Promise<string> {
  const folder = await temporaryDirectory();
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
  return [folder, '/usr/bin', '/bin'].join(delimiter);
}

/** Installs for ever, and so does its child; both write down their process ids. */
const endless = `
mkdir -p node_modules && echo half > node_modules/half
sleep 1000 & echo $! > "$PIDS/child"
echo $$ > "$PIDS/parent.tmp" && mv "$PIDS/parent.tmp" "$PIDS/parent"
wait`;

/** @returns whether a process runs; a zombie does not. */
function alive(pid: number): boolean {
  if (!existsSync('/proc/self')) return spawnSync('kill', ['-0', String(pid)]).status === 0;
  const stat = existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
  return stat !== '' && !/\) Z /.test(stat);
}

async function pids(folder: string): Promise<readonly number[]> {
  await until('the install to be running', () => readFile(join(folder, 'parent'), 'utf8'));
  const files = ['parent', 'child'].map((name) => readFile(join(folder, name), 'utf8'));
  return (await Promise.all(files)).map(Number);
}

const args = ['x', '--package-manager', 'npm', '--no-git', '--no-check'];

describe('an install that fails', () => {
  test('keeps the project, shows why and the next command, and ends with 1', async () => {
    const cwd = await temporaryDirectory();
    const PATH = await fakeManager('npm', 'echo "npm error E404 no such package" >&2; exit 7');
    const { code, stdout, stderr } = await run(process.execPath, [createProgram, ...args], {
      cwd,
      env: { PATH },
    });
    expect(code).toBe(1);
    expect(stderr).toContain('`npm install` ended with exit code 7');
    expect(stderr).toContain('npm error E404 no such package');
    expect(stderr).toContain('→ cd x && npm install');
    expect(stdout).toContain('To repeat this, run:');
    expect(await readdir(join(cwd, 'x'))).toContain('package.json');
  });

  test('says the same in JSON', async () => {
    const cwd = await temporaryDirectory();
    const PATH = await fakeManager('npm', 'exit 7');
    const { code, stdout } = await run(process.execPath, [createProgram, ...args, '--json'], {
      cwd,
      env: { PATH },
    });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      exitCode: 1,
      install: { state: 'failed' },
      error: { code: 'install/failed', next: 'cd x && npm install' },
    });
  });

  test('a missing package manager is named', async () => {
    const cwd = await temporaryDirectory();
    const PATH = await temporaryDirectory();
    const { code, stderr } = await run(process.execPath, [createProgram, ...args], { cwd, env: { PATH } });
    expect(code).toBe(1);
    expect(stderr).toContain('npm was not found, so nothing was installed. It comes with Node.js');
    expect(stderr).toContain('→ cd x && npm install');
    expect(await readdir(join(cwd, 'x'))).toContain('package.json');
  });

  test('npm’s own settings of the outer command do not reach the install', async () => {
    const cwd = await temporaryDirectory();
    const PATH = await fakeManager('npm', 'env > environment');
    const env = { PATH, npm_config_json: 'true', npm_package_name: 'outer', GIT_DIR: '/elsewhere' };
    await run(process.execPath, [createProgram, ...args], { cwd, env });
    const environment = await readFile(join(cwd, 'x/environment'), 'utf8');
    expect(environment).not.toMatch(/npm_config_json|npm_package_name|GIT_DIR/);
  });
});

describe('Ctrl-C during the install', () => {
  test('in a terminal: exit code 130, no child left, nothing left behind', async () => {
    const cwd = await temporaryDirectory();
    const folder = await temporaryDirectory();
    const env = { PATH: await fakeManager('npm', endless), PIDS: folder };
    const command = `${process.execPath} ${createProgram} deep/${args.join(' ')} --template todo --emulator`;
    const terminal = new Terminal(command, { cwd, env });
    onTestFinished(() => terminal.close());
    const running = await pids(folder);
    await terminal.see('Installing with npm');
    terminal.type(keys.ctrlC);
    expect(await terminal.exit()).toBe(130);
    expect(terminal.screen()).toContain('Interrupted. Nothing was left behind.');
    expect(running.filter(alive)).toEqual([]);
    expect(await readdir(cwd)).toEqual([]);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s to the program alone is the same', async (signal) => {
    const cwd = await temporaryDirectory();
    const folder = await temporaryDirectory();
    const env = { PATH: await fakeManager('npm', endless), PIDS: folder };
    const program = new Program(process.execPath, [createProgram, ...args], { cwd, env });
    const running = await pids(folder);
    program.child.kill(signal);
    expect(await program.ended()).toMatchObject({ code: 130, signal: null });
    expect(running.filter(alive)).toEqual([]);
    expect(await readdir(cwd)).toEqual([]);
  });

  test('an install that ignores the signal is killed', async () => {
    const cwd = await temporaryDirectory();
    const folder = await temporaryDirectory();
    const env = { PATH: await fakeManager('npm', `trap '' TERM INT${endless}`), PIDS: folder };
    const program = new Program(process.execPath, [createProgram, ...args], { cwd, env });
    const running = await pids(folder);
    program.child.kill('SIGINT');
    expect(await program.ended()).toMatchObject({ code: 130 });
    expect(running.filter(alive)).toEqual([]);
    expect(await readdir(cwd)).toEqual([]);
  });

  test('in an existing empty folder, only the folder is left', async () => {
    const cwd = await temporaryDirectory();
    await mkdir(join(cwd, '.git'));
    const folder = await temporaryDirectory();
    const env = { PATH: await fakeManager('npm', endless), PIDS: folder };
    const program = new Program(process.execPath, [createProgram, '.', ...args.slice(1)], { cwd, env });
    await pids(folder);
    program.child.kill('SIGINT');
    expect(await program.ended()).toMatchObject({ code: 130 });
    expect(await readdir(cwd)).toEqual(['.git']);
  });

  test('after overwriting a folder the files stay, with a note', async () => {
    const cwd = await temporaryDirectory();
    await mkdir(join(cwd, 'x'));
    await writeFile(join(cwd, 'x/mine'), 'mine');
    const folder = await temporaryDirectory();
    const env = { PATH: await fakeManager('npm', endless), PIDS: folder };
    const program = new Program(process.execPath, [createProgram, ...args, '--overwrite'], { cwd, env });
    await pids(folder);
    program.child.kill('SIGINT');
    const { code, stderr } = await program.ended();
    expect(code).toBe(130);
    expect(stderr).toContain('The files are in x');
    expect(await readdir(join(cwd, 'x'))).toEqual(expect.arrayContaining(['mine', 'package.json']));
  });

  test('with --json: one document', async () => {
    const cwd = await temporaryDirectory();
    const folder = await temporaryDirectory();
    const env = { PATH: await fakeManager('npm', endless), PIDS: folder };
    const program = new Program(process.execPath, [createProgram, ...args, '--json'], { cwd, env });
    await pids(folder);
    program.child.kill('SIGINT');
    const { code, stdout } = await program.ended();
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, exitCode: 130, error: { code: 'interrupted' } });
  });
});
