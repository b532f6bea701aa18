// How programs are started on Windows, as far as it can be tested elsewhere: in a process that believes it runs on Windows, with
// `.cmd` and `.exe` files on its PATH and a cmd.exe that records what it is asked to run.
import { chmod, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../support/program.ts';
import { repository } from '../support/repository.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';

/** How a Windows program's runtime splits a command line: backslashes are literal unless they precede a quote. */
function argumentsOf(line: string): readonly string[] {
  const words = line.matchAll(/"((?:[^"\\]|\\+[^"\\]|(?:\\\\)*\\")*(?:\\\\)*)"|([^\s"]+)/g);
  const half = (text: string) => text.slice(0, Math.floor(text.length / 2));
  return [...words].map(
    ([, quoted, plain]) =>
      plain ??
      (quoted ?? '').replace(/\\+$/, half).replaceAll(/(\\+)"/g, (_, before: string) => `${half(before)}"`),
  );
}

/** What cmd passes on of `/d /s /c "…"`: it removes the outer quotes, and each `^` before a special character. */
function handedOn(commandLine: string): readonly string[] {
  const inner = commandLine.replace(/^"|"$/g, '');
  const unescaped = inner.replaceAll(/\^(.)/gs, '$1');
  expect(inner.replaceAll(/\^./gs, ''), 'nothing that cmd would act on is left').not.toMatch(/[()%!"<>&|]/);
  return argumentsOf(unescaped);
}

const script = (text: string) => `#!/bin/sh\n${text}\n`;

let folder: string;
let programs: string;

beforeAll(async () => {
  folder = await makeDirectory();
  const file = join(folder, 'programs.mjs');
  await build({
    cwd: repository,
    input: 'src/project/programs.ts',
    platform: 'node',
    output: { file, format: 'esm', codeSplitting: false },
    logLevel: 'silent',
  });
  programs = pathToFileURL(file).href;
  const files = {
    'npm.cmd': '@exit 9\r\n',
    // No `#!`, since our code would read it on Windows too. Without one, this system runs the file with sh.
    'git.exe': 'echo "git $*"\n',
    'taskkill.exe': 'echo "$*" > "$KILLED"; kill -9 "$2"\n',
    // Windows adds the ending by itself; this system does not.
    git: script('exec git.exe "$@"'),
    taskkill: script('exec taskkill.exe "$@"'),
    // The arguments: /d /s /c "…". A program that is not there is 1, as for the real one.
    'cmd.exe': script('printf %s "$4" > "$ASKED"; case "$4" in *nothing*) exit 1;; esac'),
  };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o755);
  }
  await symlink(process.execPath, join(folder, 'node.exe'));
});

afterAll(() => removeDirectory(folder));

/** Runs code with `programs` in a process that believes it runs on Windows. @returns what it prints, as JSON. */
async function onWindows(code: string): Promise<unknown> {
  const env = {
    // Separated as on Windows, and as on this system, which really starts the program.
    PATH: `${folder};${folder}:${folder}`,
    // In lower case, since file names are case-sensitive here.
    PATHEXT: '.com;.exe;.bat;.cmd',
    comspec: join(folder, 'cmd.exe'),
    ASKED: join(folder, 'asked'),
    KILLED: join(folder, 'killed'),
  };
  const main = `
    Object.defineProperty(process, 'platform', { value: 'win32' });
    process.execPath = ${JSON.stringify(join(folder, 'node.exe'))};
    const programs = await import(${JSON.stringify(programs)});
    const options = { cwd: ${JSON.stringify(folder)}, env: process.env };
    console.log(JSON.stringify(await (async () => { ${code} })()));`;
  const ended = await run(process.execPath, ['--input-type=module', '-e', main], { cwd: folder, env });
  expect([ended.code, ended.stderr]).toEqual([0, '']);
  return JSON.parse(ended.stdout);
}

const asked = () => readFile(join(folder, 'asked'), 'utf8');

describe.skipIf(process.platform === 'win32')('on Windows', () => {
  const odd = [
    'install',
    'two words',
    '',
    '%PATH%',
    '!x!',
    'a"b',
    'C:\\Program Files\\nodejs\\',
    '\\\\server\\share\\"',
    '^&|<>()',
    'it’s 🙂',
    '--x=1;2,3',
  ];

  test('a .cmd file is started by cmd, and its arguments arrive as they were given', async () => {
    const code = `return programs.runProgram('npm', ${JSON.stringify(odd)}, options)`;
    expect(await onWindows(code)).toMatchObject({ exitCode: 0, absent: false });
    expect(handedOn(await asked())).toEqual(['npm', ...odd]);
  });

  test('an .exe file is started without cmd', async () => {
    await writeFile(join(folder, 'asked'), '');
    const code = "return programs.runProgram('git', ['init', '%x%'], options)";
    expect(await onWindows(code)).toMatchObject({ exitCode: 0, stdout: 'git init %x%' });
    expect(await asked()).toBe('');
  });

  test('a program that does not exist is reported as absent, not as a failure', async () => {
    const code = "return programs.runProgram('nothing', [], options)";
    expect(await onWindows(code)).toEqual({ absent: true, timedOut: false, stdout: '', output: '' });
  });

  test('an abort ends a program with all processes that it started, by taskkill', async () => {
    const code = `
      const program = programs.startNode(['-e', "setInterval(() => {}, 1000); console.log('up')"], {
        ...options,
        onLine: () => program.stop(60_000),
      });
      return program.ended;`;
    expect(await onWindows(code)).toMatchObject({ signal: 'SIGKILL' });
    expect(await readFile(join(folder, 'killed'), 'utf8')).toMatch(/^\/pid \d+ \/T \/F\n$/);
  });
});
