import { existsSync } from 'node:fs';
import { appendFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Ended, mustRun, run } from '../../support/program.ts';
import { createProgram, scalekitProgram } from '../../support/repository.ts';
import { makeDirectory, removeDirectory, temporaryDirectory } from '../../support/temporary.ts';
import { makeOlder } from './versions.ts';

/** The built command on a project that the built program has made. */

let made: string;
let directory: string;
let home: string;

beforeAll(async () => {
  made = await makeDirectory('update');
  const options = ['--yes', '--no-install', '--no-git', '--no-check', '--package-manager', 'npm'];
  await mustRun(process.execPath, [createProgram, join(made, 'app'), ...options], {});
});
afterAll(() => removeDirectory(made));
beforeEach(async () => {
  directory = join(await temporaryDirectory(), 'app');
  home = await temporaryDirectory();
  await cp(join(made, 'app'), directory, { recursive: true });
});

const person = Object.fromEntries(
  ['AUTHOR', 'COMMITTER'].flatMap((who) => [
    [`GIT_${who}_NAME`, 'Somebody'],
    [`GIT_${who}_EMAIL`, 'somebody@example.com'],
  ]),
);

const update = (...args: readonly string[]): Promise<Ended> =>
  run(process.execPath, [scalekitProgram, 'update', ...args], {
    cwd: directory,
    env: { XDG_STATE_HOME: home, LOCALAPPDATA: home },
  });
const git = (...args: readonly string[]) => mustRun('git', args, { cwd: directory, env: person });
const commit = async (...first: readonly string[]) => {
  if (first.length > 0) await git(...first);
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'x');
};
const textOf = (path: string) => readFile(join(directory, path), 'utf8');

/** A line of the newest README that older ones do not have. */
const olderReadme = (text: string) => text.replace(/\n## /, '\nAn older sentence.\n\n## ');

test('a new project is up to date and stays unchanged', async () => {
  await commit('init', '--quiet');
  for (const flags of [['--check'], ['--diff'], ['--dry-run'], ['--yes']]) {
    const { code, stdout, stderr } = await update(...flags);
    expect([code, stderr], stdout).toEqual([0, '']);
  }
  expect((await git('status', '--porcelain')).stdout).toBe('');
});

describe('a project of an older version', () => {
  let newest: string;
  beforeEach(async () => {
    newest = await textOf('README.md');
    await makeOlder(directory, { 'README.md': olderReadme, 'tsconfig.json': undefined });
    await rm(join(directory, 'tsconfig.json'));
  });

  test.each([['--check'], ['--dry-run'], ['--diff']])(
    '%s shows what would change, and changes nothing',
    async (flag) => {
      const before = await textOf('README.md');
      const { code, stdout, stderr } = await update(flag);
      expect([code, stderr]).toEqual([flag === '--check' ? 1 : 0, '']);
      expect(stdout).toMatch(/README\.md/);
      expect(stdout).toMatch(/tsconfig\.json/);
      if (flag === '--diff') expect(stdout).toMatch(/^diff --git [\s\S]*^-An older sentence\.$/m);
      expect(await textOf('README.md')).toBe(before);
      expect(existsSync(join(directory, 'tsconfig.json'))).toBe(false);
    },
  );

  test('asks before it writes: without a terminal and --yes nothing changes', async () => {
    const { code, stdout, stderr } = await update();
    expect(code, stdout).toBe(2);
    expect(stderr).toMatch(/--yes/);
    expect(await textOf('README.md')).toContain('An older sentence.');
  });

  test('--yes updates it, and --undo takes that back, without git', async () => {
    const done = await update('--yes', '--json');
    expect([done.code, done.stderr]).toEqual([0, '']);
    expect(JSON.parse(done.stdout)).toMatchObject({
      ok: true,
      exitCode: 0,
      dryRun: false,
      conflicts: [],
      files: [
        { path: 'README.md', fate: 'replaced' },
        { path: 'tsconfig.json', fate: 'added' },
      ],
    });
    expect(await textOf('README.md')).toBe(newest);
    expect((await update('--check')).code).toBe(0);

    const undone = await update('--undo', '--yes', '--json');
    expect([undone.code, undone.stderr]).toEqual([0, '']);
    expect(JSON.parse(undone.stdout).restored).toEqual(
      expect.arrayContaining(['README.md', 'tsconfig.json']),
    );
    expect(await textOf('README.md')).toContain('An older sentence.');
    expect(existsSync(join(directory, 'tsconfig.json'))).toBe(false);
    expect((await update('--check')).code).toBe(1);
  });

  test('--undo does not take what came later with it, unless it is forced, and then it comes back', async () => {
    await update('--yes');
    await appendFile(join(directory, 'README.md'), 'Written later.\n');
    const refused = await update('--undo', '--yes');
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/README\.md/);
    expect(await textOf('README.md')).toContain('Written later.');
    expect((await update('--undo', '--yes', '--force')).code).toBe(0);
    expect(await textOf('README.md')).not.toContain('Written later.');
    expect((await update('--undo', '--yes')).code).toBe(0);
    expect(await textOf('README.md')).toBe(`${newest}Written later.\n`);
  });

  test('with uncommitted changes it is refused, unless it is forced', async () => {
    await commit('init', '--quiet');
    await writeFile(join(directory, 'notes.txt'), 'mine\n');
    const refused = await update('--yes', '--json');
    expect([refused.code, refused.stderr]).toEqual([1, '']);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      exitCode: 1,
      error: {
        code: 'update/dirty',
        message: expect.stringContaining('notes.txt'),
        next: expect.stringContaining('--force'),
      },
    });
    expect(await textOf('README.md')).toContain('An older sentence.');
    expect((await update('--yes', '--force')).code).toBe(0);
    expect(await textOf('README.md')).toBe(newest);
  });

  test('in a repository where all is committed it needs no --force, and git sees what it did', async () => {
    await commit('init', '--quiet');
    expect((await update('--yes')).code).toBe(0);
    expect(await textOf('README.md')).toBe(newest);
    const changes = (await git('status', '--porcelain')).stdout.trim().split('\n');
    expect(changes.map((line) => line.trim().split(' ').at(-1)).toSorted()).toEqual([
      '.scalekit-mcp.base',
      '.scalekit-mcp.json',
      'README.md',
      'tsconfig.json',
    ]);
    expect((await update('--undo', '--yes')).code).toBe(0);
    expect((await git('status', '--porcelain')).stdout).toBe('');
  });

  test('conflicts are marked in the file and listed, with exit code 1', async () => {
    const own = (await textOf('README.md')).replace('An older sentence.', 'A sentence of mine.');
    await writeFile(join(directory, 'README.md'), own);
    const { code, stdout, stderr } = await update('--yes', '--json');
    expect([code, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      exitCode: 1,
      conflicts: ['README.md'],
      error: { code: 'update/conflict', next: expect.stringMatching(/./) },
    });
    expect(await textOf('README.md')).toMatch(
      /^<<<<<<< yours\n[\s\S]*A sentence of mine\.[\s\S]*^>>>>>>> scalekit-mcp \d/m,
    );
    expect((await update('--undo', '--yes')).code).toBe(0);
    expect(await textOf('README.md')).toBe(own);
  });
});

test('a Python project is updated and brought back in the same way, with git and without', async () => {
  directory = join(directory, '..', 'python');
  const options = ['--language', 'python', '--yes', '--no-install', '--no-git', '--no-check'];
  await mustRun(process.execPath, [createProgram, directory, ...options], {});
  const newest = { server: await textOf('server.py'), scopes: await textOf('scopes.py') };
  await makeOlder(directory, {
    'server.py': (text) => `# Older.\n${text}`,
    'scopes.py': (text) => `# Older.\n${text}`,
    'AGENTS.md': (text) => `Older.\n\n${text}`,
  });
  await appendFile(join(directory, 'scopes.py'), '# The owner.\n');
  await rm(join(directory, 'AGENTS.md'));
  for (const first of [[], ['init', '--quiet']]) {
    if (first.length > 0) await commit(...first);
    const done = await update('--yes', '--json');
    expect([done.code, done.stderr]).toEqual([0, '']);
    expect(JSON.parse(done.stdout).files).toEqual([
      { path: 'AGENTS.md', fate: 'deleted' },
      { path: 'scopes.py', fate: 'merged' },
      { path: 'server.py', fate: 'replaced' },
    ]);
    expect(await textOf('server.py')).toBe(newest.server);
    expect(await textOf('scopes.py')).toBe(`${newest.scopes}# The owner.\n`);
    expect(existsSync(join(directory, 'AGENTS.md'))).toBe(false);
    expect((await update('--undo', '--yes')).code).toBe(0);
    expect(await textOf('server.py')).toBe(`# Older.\n${newest.server}`);
  }
});

describe('is refused, with what to do next', () => {
  test.each([
    ['where there is no project', ['package.json', '.scalekit-mcp.json'], [], 1, 'update/no-project'],
    ['where nothing was updated', [], ['--undo'], 1, 'update/no-undo'],
    ['with options that contradict each other', [], ['--check', '--diff'], 2, 'arguments/conflict'],
    ['with an option that it does not know', [], ['--chekc'], 2, 'arguments/unknownOption'],
  ])('%s', async (_, gone, flags, code, name) => {
    for (const path of gone) await rm(join(directory, path));
    const ended = await update(...flags, '--json');
    expect([ended.code, ended.stderr]).toEqual([code, '']);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      ok: false,
      exitCode: code,
      error: { code: name, next: expect.any(String) },
    });
  });

  test('refuses to run with a program that is older than the project', async () => {
    const path = join(directory, '.scalekit-mcp.json');
    const record = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...record, version: '99.0.0' }));
    const { code, stdout } = await update('--yes', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'update/older',
      message: expect.stringContaining('99.0.0'),
      next: expect.stringContaining('@latest'),
    });
  });

  test('refuses a record that is broken, or of another program', async () => {
    const path = join(directory, '.scalekit-mcp.json');
    const record = JSON.parse(await readFile(path, 'utf8'));
    const outside = { ...record, files: { ...record.files, '../outside.txt': record.files['README.md'] } };
    for (const text of [
      '{',
      '{}',
      JSON.stringify({ ...record, template: 'no-such-template' }),
      JSON.stringify(outside),
    ]) {
      await writeFile(path, text);
      const { code, stdout } = await update('--yes', '--json');
      expect(code).toBe(1);
      expect(JSON.parse(stdout).error).toMatchObject({ code: 'update/record', next: expect.any(String) });
    }
  });
});
