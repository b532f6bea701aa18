import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { create, tree } from './run-create.ts';

describe('git', () => {
  const identity = {
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.com',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
  };

  test('a first commit holds everything but .env', async () => {
    const cwd = await temporaryDirectory();
    const { code, stdout } = await create(cwd, ['x', '--no-install', '--json'], { env: identity });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).git).toEqual({ state: 'done' });
    const listed = await run('git', ['ls-files'], { cwd: join(cwd, 'x') });
    const written = await tree(join(cwd, 'x'));
    const expected = written.filter((path) => path !== '.env' && !path.startsWith('.git/'));
    expect(listed.stdout.trim().split('\n').sort()).toEqual(expected);
    expect((await run('git', ['status', '--short'], { cwd: join(cwd, 'x') })).stdout).toBe('');
    expect((await run('git', ['branch', '--show-current'], { cwd: join(cwd, 'x') })).stdout).toBe('main\n');
  });

  test('files that were in the folder before are not committed in their owner’s name', async () => {
    const cwd = await temporaryDirectory();
    await mkdir(join(cwd, 'x'));
    await writeFile(join(cwd, 'x/notes.txt'), 'mine');
    const args = ['x', '--overwrite', '--no-install', '--json'];
    const { code, stdout } = await create(cwd, args, { env: identity });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).git).toMatchObject({
      state: 'skipped',
      detail: expect.stringContaining('files of yours'),
    });
    expect(await readdir(join(cwd, 'x'))).not.toContain('.git');
  });

  test('inside a repository no other one is made, with a note', async () => {
    const cwd = await temporaryDirectory();
    await run('git', ['init'], { cwd });
    const { stdout } = await create(cwd, ['x', '--no-install', '--json'], { env: identity });
    expect(JSON.parse(stdout).git).toMatchObject({
      state: 'skipped',
      detail: expect.stringContaining('inside a git repository'),
    });
    expect(await readdir(join(cwd, 'x'))).not.toContain('.git');
  });

  test('a global ignore file keeps no needed file out of the commit', async () => {
    const cwd = await temporaryDirectory();
    await writeFile(join(cwd, 'ignore'), 'vendor/\n*.tgz\npackage-lock.json\n.vscode/\n.env.example\n');
    const env = {
      ...identity,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.excludesFile',
      GIT_CONFIG_VALUE_0: join(cwd, 'ignore'),
    };
    const { code, stdout } = await create(cwd, ['x', '--no-install', '--json'], { env });
    expect(code).toBe(0);
    const listed = (await run('git', ['ls-files'], { cwd: join(cwd, 'x'), env })).stdout.trim().split('\n');
    const written: string[] = JSON.parse(stdout).files;
    expect(listed.sort()).toEqual(written.filter((path) => path !== '.env').sort());
  });

  test('inside a repository that ignores some of it, the ignored files are named with the command', async () => {
    const cwd = await temporaryDirectory();
    await run('git', ['init'], { cwd });
    await writeFile(join(cwd, '.gitignore'), 'vendor/\n');
    const { stdout } = await create(cwd, ['x', '--no-install', '--json'], { env: identity });
    expect(JSON.parse(stdout).git.detail).toMatch(
      /commit it there\. .*git add --force vendor\/scalekit-mcp-.*\.tgz/,
    );
  });

  test.for([
    [
      'a signature that cannot be made',
      { 'commit.gpgSign': 'true', 'gpg.program': '/nowhere/gpg' },
      /^fatal: cannot run \/nowhere\/gpg.*Everything is staged: git commit -m/,
    ],
    [
      'a key that is not there',
      { 'commit.gpgSign': 'true', 'gpg.format': 'ssh', 'user.signingKey': '/nowhere/key' },
      /^error: .*\/nowhere\/key.*Everything is staged: git commit -m/,
    ],
    [
      'files that git refuses to stage',
      { 'core.autocrlf': 'true', 'core.safecrlf': 'true' },
      /^fatal: LF would be replaced by CRLF in .*Then: git add --all && git commit -m/,
    ],
    ['a branch that cannot be', { 'init.defaultBranch': 'a b' }, /^fatal: invalid (?:initial )?branch name/],
  ] as const)('shows in git’s words why there is no commit: %s', async ([, settings, reason]) => {
    const cwd = await temporaryDirectory();
    const rows = Object.entries(settings);
    const env: Record<string, string> = { ...identity, GIT_CONFIG_COUNT: String(rows.length) };
    for (const [index, [key, value]] of rows.entries()) {
      env[`GIT_CONFIG_KEY_${index}`] = key;
      env[`GIT_CONFIG_VALUE_${index}`] = value;
    }
    const { code, stdout } = await create(cwd, ['x', '--no-install', '--json'], { env });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).git.detail).toMatch(reason);
  });

  test('without a name in git’s settings everything is staged, and the command to commit it is shown', async () => {
    const cwd = await temporaryDirectory();
    const env = {
      HOME: cwd,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      EMAIL: '',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'user.useConfigOnly',
      GIT_CONFIG_VALUE_0: 'true',
    };
    const { code, stdout } = await create(cwd, ['x', '--no-install', '--json'], { env });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).git.detail).toMatch(/git does not know your name.*git commit -m/);
    const staged = await run('git', ['diff', '--cached', '--name-only'], { cwd: join(cwd, 'x') });
    expect(staged.stdout).toContain('package.json');
  });
});
