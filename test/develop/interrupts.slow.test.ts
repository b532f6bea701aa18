// Ctrl-C at each step of the commands that rewrite a project: it is as it was, or whole as planned; nothing in between.
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { keys, pseudoTerminals, Terminal } from '../program/terminal.ts';
import { lacks } from '../support/needs.ts';
import { mustRun, Program, run } from '../support/program.ts';
import { createProgram, repository, scalekitProgram } from '../support/repository.ts';
import { makeDirectory, removeDirectory, temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/waiting.ts';
import { makeOlder } from './update/versions.ts';

let made: string;
beforeAll(async () => {
  made = await makeDirectory('interrupts');
  const options = ['--yes', '--no-install', '--no-git', '--no-check', '--package-manager', 'npm'];
  await mustRun(process.execPath, [createProgram, join(made, 'app'), ...options], {});
  const modules = join(made, 'app', 'node_modules');
  await mkdir(modules);
  await symlink(join(repository, 'dist/packages/scalekit-mcp-server'), join(modules, 'scalekit-mcp-server'));
});
afterAll(() => removeDirectory(made));

let directory: string;
let fakes: string;
let env: Readonly<Record<string, string>>;

/** A program that says that it runs, and goes on until it is ended, or one that ends at once. */
async function fake(name: string, ends: boolean): Promise<void> {
  const path = join(fakes, name);
  await writeFile(path, `#!/bin/sh\n: > '${path}.runs'\n${ends ? 'exit 0' : 'while :; do sleep 1; done'}\n`);
  await chmod(path, 0o755);
}

beforeEach(async () => {
  const root = await temporaryDirectory();
  directory = join(root, 'app');
  fakes = join(root, 'bin');
  await mkdir(fakes);
  await cp(join(made, 'app'), directory, { recursive: true, verbatimSymlinks: true });
  env = { PATH: `${fakes}${delimiter}${process.env.PATH}`, XDG_STATE_HOME: join(root, 'state') };
});

/** Makes something for `update` to do: a file to merge, and a newer dependency to install. */
async function makeOld(): Promise<void> {
  await makeOlder(directory, {
    'README.md': (text) => text.replace(/\n## /, '\nAn older sentence.\n\n## '),
    'package.json': (text) => text.replace(/"typescript": "[^"]+"/, '"typescript": "^6.0.0"'),
  });
  await writeFile(
    join(directory, 'README.md'),
    `${await readFile(join(directory, 'README.md'), 'utf8')}\nOurs.\n`,
  );
  await writeFile(join(directory, 'package-lock.json'), '{}\n');
}

/** All of a project's files but its packages. */
async function tree(): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'));
  const texts = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path.slice(directory.length + 1), await readFile(path, 'latin1')] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}

/** Starts a command as a terminal does, and sends Ctrl-C's signal to its whole group once a fake program runs. */
async function interruptAt(name: string, args: readonly string[]) {
  const program = new Program(process.execPath, [scalekitProgram, ...args], {
    cwd: directory,
    env,
    group: true,
  });
  onTestFinished(() => program.kill());
  await until(`${name} to run`, async () => existsSync(join(fakes, `${name}.runs`)));
  program.signalGroup('SIGINT');
  return program.ended();
}

const commands = [
  ['eject', async () => {}],
  ['update', makeOld],
] as const;

describe.each(commands)('%s', (command, prepare) => {
  beforeEach(prepare);

  test
    .skipIf(lacks('questions in a terminal', [pseudoTerminals]))
    .each(['ctrlC', 'ctrlD', 'escape'] as const)('%s at the question: nothing has changed', async (key) => {
    const before = await tree();
    const terminal = new Terminal(`'${process.execPath}' '${scalekitProgram}' ${command}`, {
      cwd: directory,
      env,
    });
    onTestFinished(() => terminal.close());
    await terminal.see(/Take the protection over|Update these files/, 30_000);
    terminal.type(keys[key]);
    expect(await terminal.exit(), terminal.screen()).toBe(130);
    expect(terminal.screen()).toContain('Cancelled. Nothing was changed.');
    expect(await tree()).toEqual(before);
  });

  test('Ctrl-C while it installs: the files are whole, and it says what is left to do', async () => {
    await fake('npm', false);
    const { code, stderr } = await interruptAt('npm', [command, '--yes']);
    const interrupted = await tree();
    expect(code).toBe(130);
    expect(stderr).toMatch(/The install was interrupted[\s\S]*→ npm install/);

    await removeDirectory(directory);
    await cp(join(made, 'app'), directory, { recursive: true, verbatimSymlinks: true });
    await prepare();
    await fake('npm', true);
    const whole = await run(process.execPath, [scalekitProgram, command, '--yes'], { cwd: directory, env });
    expect(whole.code, whole.stderr).toBe(0);
    expect(interrupted).toEqual(await tree());
  });

  test('Ctrl-C while it installs, with --json: one document that says the same', async () => {
    await fake('npm', false);
    const { code, stdout } = await interruptAt('npm', [command, '--yes', '--json']);
    const { exitCode, error } = JSON.parse(stdout);
    expect({ code, exitCode, error }).toMatchObject({
      code: 130,
      exitCode: 130,
      error: { next: 'npm install' },
    });
  });
});

test('update: Ctrl-C while git merges: nothing has changed', async () => {
  await makeOld();
  await fake('git', false);
  const before = await tree();
  expect(await interruptAt('git', ['update', '--yes'])).toMatchObject({ code: 130 });
  expect(await tree()).toEqual(before);
});
