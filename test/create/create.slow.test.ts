import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Ended, run } from '../support/program.ts';
import { createProgram, scalekitProgram } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const quick = ['--no-install', '--no-git', '--no-check'];

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

function create(cwd: string, args: readonly string[], options: Options = {}): Promise<Ended> {
  return run(process.execPath, [createProgram, ...args], { cwd, ...options });
}

/** Every file below a folder, with `/`. */
async function tree(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}

describe('a project', () => {
  test('is written, with .env for its owner alone', async () => {
    const cwd = await temporaryDirectory();
    const { code, stdout, stderr } = await create(cwd, ['todo-mcp', ...quick]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await readdir(cwd)).toEqual(['todo-mcp']);
    const files = await tree(join(cwd, 'todo-mcp'));
    expect(files).toEqual(expect.arrayContaining(['.env', '.gitignore', 'package.json', 'src/main.ts']));
    expect((await stat(join(cwd, 'todo-mcp/.env'))).mode & 0o777).toBe(0o600);
    expect(stdout).toContain('cd todo-mcp\n  npm install\n  npm run dev');
    expect(stdout).toContain('\n  npx scalekit-mcp connect claude-code\n');
    expect(stdout).toContain(
      'npx create-scalekit-mcp todo-mcp --template todo --emulator --package-manager npm',
    );
  });

  test('. takes an empty folder, and one that holds only a repository', async () => {
    const cwd = await temporaryDirectory();
    await mkdir(join(cwd, '.git'));
    const { code, stdout } = await create(cwd, ['.', ...quick]);
    expect(code).toBe(0);
    expect(stdout).not.toContain('cd ');
    expect((await readdir(cwd)).filter((name) => name.startsWith('.create-'))).toEqual([]);
    expect(JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8'))).toHaveProperty('private', true);
  });

  test('may go below folders that are not there yet, and into a name that a shell must quote', async () => {
    const cwd = await temporaryDirectory();
    const { code, stdout } = await create(cwd, ["a/b/it's mine", ...quick]);
    expect(code).toBe(0);
    expect(stdout).toContain(`cd 'a/b/it'\\''s mine'`);
    const manifest = JSON.parse(await readFile(join(cwd, "a/b/it's mine/package.json"), 'utf8'));
    expect(manifest.name).toBe('it-s-mine');
  });

  test('comes from answers on standard input alone', async () => {
    const cwd = await temporaryDirectory();
    const input = JSON.stringify({
      directory: 'x',
      template: 'blank',
      scopes: ['notes:read'],
      install: false,
      git: false,
    });
    const { code, stdout } = await create(cwd, ['--answers', '-', '--json'], { input });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, template: 'blank', check: { state: 'skipped' } });
    expect(await tree(join(cwd, 'x'))).toContain('src/tools/notes-read.ts');
  });

  test('carries the tarballs that npm can install our packages from', async () => {
    const cwd = await temporaryDirectory();
    await create(cwd, ['x', ...quick]);
    const manifest = JSON.parse(await readFile(join(cwd, 'x/package.json'), 'utf8'));
    const all = { ...manifest.dependencies, ...manifest.devDependencies };
    for (const name of ['scalekit-mcp', 'scalekit-mcp-server']) {
      const [, path = ''] = /^file:(.*)$/.exec(all[name]) ?? [];
      // The version depends on the content, so that no cache takes one build for another.
      expect(path).toMatch(new RegExp(`^vendor/${name}-\\d+\\.\\d+\\.\\d+-dev\\.[\\da-f]{10}\\.tgz$`));
      const packed = await readFile(join(cwd, 'x', path));
      expect([...packed.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    }
  });
});

describe('--dry-run', () => {
  test('lists exactly what would be written, and writes nothing', async () => {
    const cwd = await temporaryDirectory();
    const dry = await create(cwd, ['x', '--dry-run', '--json', ...quick]);
    expect(await readdir(cwd)).toEqual([]);
    await create(cwd, ['x', ...quick]);
    expect(JSON.parse(dry.stdout).files).toEqual(await tree(join(cwd, 'x')));
  });

  test('refuses what the real run would refuse', async () => {
    const cwd = await temporaryDirectory();
    await writeFile(join(cwd, 'x'), '');
    expect(await create(cwd, ['x', '--dry-run'])).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('--json', () => {
  test('prints one document and nothing else', async () => {
    const cwd = await temporaryDirectory();
    const { code, stdout, stderr } = await create(cwd, ['x', '--json', ...quick]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      exitCode: 0,
      dryRun: false,
      directory: join(cwd, 'x'),
      name: 'X',
      packageName: 'x',
      template: 'todo',
      scalekit: 'local',
      mcpUrl: 'http://localhost:3002/',
      endpoint: 'http://localhost:3002/mcp',
      notes: [],
      install: { state: 'skipped', detail: '--no-install' },
      next: ['cd x', 'npm install', 'npm run dev'],
    });
  });

  test('says that a folder is taken', async () => {
    const cwd = await temporaryDirectory();
    await writeFile(join(cwd, 'x'), '');
    const { code, stdout } = await create(cwd, ['x', '--json', ...quick]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, exitCode: 1, error: { code: 'directory/file' } });
  });
});

describe('--overwrite', () => {
  test('replaces files of ours, keeps all others, and the other variables of .env', async () => {
    const cwd = await temporaryDirectory();
    await mkdir(join(cwd, 'x/src'), { recursive: true });
    await writeFile(join(cwd, 'x/src/mine.ts'), 'mine');
    await writeFile(join(cwd, 'x/package.json'), 'mine');
    await writeFile(join(cwd, 'x/.env'), '# mine\nDATABASE_URL=postgres://db\nPORT=1\n');
    const { code } = await create(cwd, ['x', '--overwrite', '--port', '4000', ...quick]);
    expect(code).toBe(0);
    expect(await readFile(join(cwd, 'x/src/mine.ts'), 'utf8')).toBe('mine');
    expect(JSON.parse(await readFile(join(cwd, 'x/package.json'), 'utf8'))).toHaveProperty('name', 'x');
    const env = await readFile(join(cwd, 'x/.env'), 'utf8');
    expect(env).toMatch(/^# mine\nDATABASE_URL=postgres:\/\/db\nPORT=4000\nSCALEKIT_ENVIRONMENT_URL=/);
    expect((await readdir(join(cwd, 'x'))).filter((name) => name.startsWith('.create-'))).toEqual([]);
  });

  test.each([['--dry-run'], []])('lists what it replaces, and nothing else (%j)', async (...mode) => {
    const cwd = await temporaryDirectory();
    const args = ['x', '--overwrite', ...mode, ...quick];
    await create(cwd, ['x', ...quick]);
    await writeFile(join(cwd, 'x/README.md'), 'mine');
    await writeFile(join(cwd, 'x/notes.txt'), 'mine');
    const json = JSON.parse((await create(cwd, [...args, '--json', '--dry-run'])).stdout);
    expect(json.replaced).toEqual(['README.md']);
    const { stdout } = await create(cwd, args);
    expect(stdout).toMatch(
      mode.length > 0 ? / {2}README\.md \(replaces yours\)\n/ : /i Replaced existing files: README\.md\n/,
    );
    expect(stdout).not.toMatch(/(?:package\.json|notes\.txt) \(replaces|there: .*notes/);
    expect(await readFile(join(cwd, 'x/README.md'), 'utf8')).toMatch(mode.length > 0 ? /^mine$/ : /^# X\n/);
  });

  test('leaves a key in .env alone, byte for byte, though its lines look like variables of ours', async () => {
    const cwd = await temporaryDirectory();
    await mkdir(join(cwd, 'x'));
    const key = 'KEY="-----BEGIN KEY-----\r\nPORT=1\r\nMCP_URL=http://inside/\r\n-----END KEY-----"\r\n';
    const before = Buffer.concat([Buffer.from(`\uFEFF${key}`), Buffer.from('# Schl\xfcssel\r\n', 'latin1')]);
    await writeFile(join(cwd, 'x/.env'), before);
    const { code } = await create(cwd, ['x', '--overwrite', '--port', '4000', ...quick]);
    expect(code).toBe(0);
    const env = await readFile(join(cwd, 'x/.env'));
    expect(env.subarray(0, before.length)).toEqual(before);
    expect(env.subarray(before.length).toString()).toMatch(
      /^PORT=4000\r\nSCALEKIT_[\s\S]*MCP_URL=http:\/\/localhost:4000\/\r\n$/,
    );
  });

  test('refuses a .env in UTF-16 by name, and writes nothing', async () => {
    const cwd = await temporaryDirectory();
    await mkdir(join(cwd, 'x'));
    await writeFile(join(cwd, 'x/.env'), '\uFEFFPORT=1\r\n', 'utf16le');
    const { code, stderr } = await create(cwd, ['x', '--overwrite', ...quick]);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/\.env is in UTF-16: save it as UTF-8/),
    });
    expect(await readdir(join(cwd, 'x'))).toEqual(['.env']);
  });
});

test('--deploy none makes no Dockerfile', async () => {
  const cwd = await temporaryDirectory();
  const { stdout } = await create(cwd, ['x', '--deploy', 'none', '--dry-run', '--json', ...quick]);
  const { files, repeat } = JSON.parse(stdout);
  expect(files).not.toContain('Dockerfile');
  expect(files).not.toContain('.dockerignore');
  expect(repeat).toContain('--deploy none');
});

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

  test('what was in the folder before is not committed in its owner’s name', async () => {
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

  test('inside a repository nothing is made, and it is said', async () => {
    const cwd = await temporaryDirectory();
    await run('git', ['init'], { cwd });
    const { stdout } = await create(cwd, ['x', '--no-install', '--json'], { env: identity });
    expect(JSON.parse(stdout).git).toMatchObject({
      state: 'skipped',
      detail: expect.stringContaining('inside a git repository'),
    });
    expect(await readdir(join(cwd, 'x'))).not.toContain('.git');
  });

  test('a global ignore file leaves nothing out that is needed', async () => {
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

  test('inside a repository that ignores some of it, that is said with the command', async () => {
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
  ] as const)('says in git’s words what keeps it from a commit: %s', async ([, settings, reason]) => {
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

  test('without a name everything is staged, and the command that commits it is said', async () => {
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

describe('the programs', () => {
  test('scalekit-mcp create is the same', async () => {
    const cwd = await temporaryDirectory();
    const args = ['create', 'x', '--dry-run', '--json'];
    const other = await run(process.execPath, [scalekitProgram, ...args], { cwd });
    expect(other.stdout).toBe((await create(cwd, args.slice(1))).stdout);
  });

  test('--print-schema is a JSON Schema of the answers', async () => {
    const { code, stdout } = await create(await temporaryDirectory(), ['--print-schema']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      additionalProperties: false,
      properties: { template: { enum: ['todo', 'blank'] }, port: { minimum: 1, maximum: 65_535 } },
    });
  });

  test('--version is that of the package', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    const cwd = await temporaryDirectory();
    expect((await create(cwd, ['--version'])).stdout).toBe(`${version}\n`);
    expect((await run(process.execPath, [scalekitProgram, '--version'], { cwd })).stdout).toBe(
      `${version}\n`,
    );
  });

  test.each([
    [['nope'], /unknown command 'nope'\n {2}valid: .*emulate.*create/],
    [['emulate', '--nope'], /unknown option '--nope'.*\n {2}valid: --port .*--auto-approve/],
  ])('scalekit-mcp %j: exit code 2, with what is valid', async (args, message) => {
    const { code, stdout, stderr } = await run(process.execPath, [scalekitProgram, ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('a reader that goes away early is no error', async () => {
    const script = `"${process.execPath}" "${createProgram}" --help | head -n 1; exit "\${PIPESTATUS[0]}"`;
    const { code, stdout, stderr } = await run('bash', ['-c', script]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage:/);
  });
});
