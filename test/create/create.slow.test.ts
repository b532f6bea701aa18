import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../support/program.ts';
import { createProgram, scalekitProgram } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { create, quick, tree } from './run-create.ts';

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

  test('. accepts an empty folder, and one that holds only a repository', async () => {
    const cwd = await temporaryDirectory();
    await mkdir(join(cwd, '.git'));
    const { code, stdout } = await create(cwd, ['.', ...quick]);
    expect(code).toBe(0);
    expect(stdout).not.toContain('cd ');
    expect((await readdir(cwd)).filter((name) => name.startsWith('.create-'))).toEqual([]);
    expect(JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8'))).toHaveProperty('private', true);
  });

  test('may go below folders that do not exist yet, and into a name that a shell must quote', async () => {
    const cwd = await temporaryDirectory();
    const { code, stdout } = await create(cwd, ["a/b/it's mine", ...quick]);
    expect(code).toBe(0);
    expect(stdout).toContain(`cd 'a/b/it'\\''s mine'`);
    const manifest = JSON.parse(await readFile(join(cwd, "a/b/it's mine/package.json"), 'utf8'));
    expect(manifest.name).toBe('it-s-mine');
  });

  test('can be made from answers on standard input alone', async () => {
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
  test('replaces our files, and keeps all others and the other variables of .env', async () => {
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

  test('keeps a key in .env byte for byte, although its lines look like our variables', async () => {
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

describe('the programs', () => {
  test('scalekit-mcp create does the same', async () => {
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

  test('a reader that closes early is not an error', async () => {
    const script = `"${process.execPath}" "${createProgram}" --help | head -n 1; exit "\${PIPESTATUS[0]}"`;
    const { code, stdout, stderr } = await run('bash', ['-c', script]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage:/);
  });
});
