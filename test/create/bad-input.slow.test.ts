import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Ended, run } from '../support/program.ts';
import { createProgram } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** How the built program answers bad input: the exit code, the reason, and a folder left unchanged. */

const quick = ['--no-install', '--no-git', '--no-check'];

function create(cwd: string, args: readonly string[], input?: string): Promise<Ended> {
  return run(process.execPath, [createProgram, ...args], { cwd, ...(input === undefined ? {} : { input }) });
}

/** Runs with arguments that must be refused. @returns the output. */
async function refused(args: readonly string[], exitCode: number, input?: string): Promise<string> {
  const cwd = await temporaryDirectory();
  const ended = await create(cwd, [...args, ...quick], input);
  expect(ended).toMatchObject({ code: exitCode, stdout: '' });
  expect(await readdir(cwd)).toEqual([]);
  return ended.stderr;
}

describe('directories', () => {
  test.each([
    ['', 'The directory is empty'],
    ['a:b', 'contains :'],
    ['what?', 'contains ?'],
    ['a"b', 'contains "'],
    ['con', 'Windows reserves'],
    ['nul.txt', 'Windows reserves'],
    ['ends.', 'ends in a dot or a space'],
    ['node_modules', 'where package managers keep packages'],
    ['x'.repeat(256), 'longer than 255 bytes'],
    ['a\u001bb', 'an invisible character'],
  ])('%j is refused: %s', async (directory, reason) => {
    expect(await refused([directory], 2)).toContain(reason);
  });

  test('-x and other unknown short options are refused', async () => {
    expect(await refused(['-x'], 2)).toMatch(/unknown option '-x'\n {2}valid: --name --template /);
  });

  test('a folder that is not empty stays untouched, and its contents are listed', async () => {
    const cwd = await temporaryDirectory();
    await mkdir(join(cwd, 'taken'));
    await writeFile(join(cwd, 'taken/README.md'), 'mine');
    const { code, stderr } = await create(cwd, ['taken', ...quick]);
    expect(code).toBe(1);
    expect(stderr).toContain('taken is not empty: it has README.md.');
    expect(stderr).toContain('--overwrite');
    expect(await readdir(join(cwd, 'taken'))).toEqual(['README.md']);
    expect(await readFile(join(cwd, 'taken/README.md'), 'utf8')).toBe('mine');
  });

  test('. is refused in the same way', async () => {
    const cwd = await temporaryDirectory();
    await writeFile(join(cwd, 'mine'), '');
    const { code, stderr } = await create(cwd, ['.', ...quick]);
    expect(code).toBe(1);
    expect(stderr).toContain('is not empty: it has mine.');
    expect(await readdir(cwd)).toEqual(['mine']);
  });

  test.each(['taken', 'taken/below'])('a file in its place: %s', async (directory) => {
    const cwd = await temporaryDirectory();
    await writeFile(join(cwd, 'taken'), 'mine');
    const { code, stderr } = await create(cwd, [directory, ...quick]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/is a file/);
    expect(await readFile(join(cwd, 'taken'), 'utf8')).toBe('mine');
  });

  test('a target that is a symbolic link is refused, with the place it leads to', async () => {
    const cwd = await temporaryDirectory();
    await mkdir(join(cwd, 'real'));
    await symlink('real', join(cwd, 'link'));
    const { code, stderr } = await create(cwd, ['link', '--overwrite', ...quick]);
    expect(code).toBe(1);
    expect(stderr).toContain('link is a symbolic link to real');
    expect(await readdir(join(cwd, 'real'))).toEqual([]);
  });

  test('a symbolic link out of the target is not followed, and nothing is changed', async () => {
    const cwd = await temporaryDirectory();
    await mkdir(join(cwd, 'target'));
    await mkdir(join(cwd, 'outside'));
    await symlink('../outside', join(cwd, 'target/src'));
    await writeFile(join(cwd, 'target/package.json'), 'mine');
    const { code, stderr } = await create(cwd, ['target', '--overwrite', ...quick]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/target\/src is a symbolic link to \.\.\/outside: nothing was written/);
    expect(await readdir(join(cwd, 'outside'))).toEqual([]);
    expect((await readdir(join(cwd, 'target'))).sort()).toEqual(['package.json', 'src']);
    expect(await readFile(join(cwd, 'target/package.json'), 'utf8')).toBe('mine');
  });
});

/** Runs a script with a file system of its own, which disappears when the script ends. */
function withMount(mount: string, script: string, args: readonly string[]) {
  const inner = `mkdir -p "$0" && ${mount} && { ${script}; }`;
  return (at: string) => {
    const isolate = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
    return spawnSync('unshare', [...isolate, 'sh', '-c', inner, at, ...args], { encoding: 'utf8' });
  };
}

const canMount = withMount('mount -t tmpfs -o size=64k tmpfs "$0"', 'true', [])('/tmp').status === 0;
if (!canMount) console.warn('No file system can be mounted here: full and read-only disks are not tried.');

describe.skipIf(!canMount)('disks', () => {
  const script = 'cd "$0" && "$@"; code=$?; echo "left:"; find . -mindepth 1; exit $code';
  const command = [process.execPath, createProgram];

  test('a full disk is reported, and nothing is left behind', async () => {
    const at = await temporaryDirectory();
    const attempt = withMount('mount -t tmpfs -o size=64k tmpfs "$0"', script, [
      ...command,
      'deep/er/x',
      ...quick,
    ]);
    const { status, stdout, stderr } = attempt(at);
    expect(stderr).toContain('The disk is full (ENOSPC). Nothing was left behind.');
    expect(stdout).toBe('left:\n');
    expect(status).toBe(1);
  });

  test('a full disk while overwriting leaves every file as it was', async () => {
    const at = await temporaryDirectory();
    const mount = 'mount -t tmpfs -o size=64k tmpfs "$0" && mkdir "$0/x" && echo mine > "$0/x/package.json"';
    const attempt = withMount(mount, `${script.replace('exit', 'cat x/package.json; exit')}`, [
      ...command,
      'x',
      '--overwrite',
      ...quick,
    ]);
    const { status, stdout, stderr } = attempt(at);
    expect(stderr).toContain('The disk is full');
    expect(stdout).toBe('left:\n./x\n./x/package.json\nmine\n');
    expect(status).toBe(1);
  });

  test('a read-only disk', async () => {
    const at = await temporaryDirectory();
    const attempt = withMount('mount -t tmpfs -o ro tmpfs "$0"', script, [...command, 'x', ...quick]);
    const { status, stdout, stderr } = attempt(at);
    expect(stderr).toContain('The file system is read-only (EROFS)');
    expect(stdout).toBe('left:\n');
    expect(status).toBe(1);
  });
});

test.skipIf(process.getuid?.() === 0)('a parent folder without write permission', async () => {
  const cwd = await temporaryDirectory();
  await chmod(cwd, 0o555);
  const { code, stderr } = await create(cwd, ['x', ...quick]);
  await chmod(cwd, 0o755);
  expect(code).toBe(1);
  expect(stderr).toContain('You do not have permission to write there (EACCES)');
});

describe('values', () => {
  const real = ['--client-id', 'skc_1', '--resource-id', 'res_1', '--environment-url'];
  test.each([
    [['--port', '0'], '--port: This is not a port: 0'],
    [['--port', '65536'], 'expected a whole number from 1 to 65535'],
    [['--port', 'abc'], 'This is not a port: abc'],
    [[...real, 'acme.scalekit.dev'], 'has no scheme'],
    [[...real, 'https://acme.scalekit.dev/path'], 'expected https://acme.scalekit.dev (without /path)'],
    [[...real, 'https://app.scalekit.com'], "Scalekit's own site, not your environment"],
    [[...real, 'http://acme.scalekit.dev'], 'is http, but acme.scalekit.dev is not this machine'],
    [['--resource-id', 'conn_1'], 'The resource id is set to a connection id'],
    [['--resource-id', 'skc_1'], "The resource id is set to the environment's client id"],
    [['--client-id', 'res_1'], 'The client id is set to a resource id'],
    [['--mcp-url', 'http://localhost:3002/?a=b'], 'MCP_URL has a query'],
    [['--mcp-url', 'ftp://localhost/'], 'has the scheme ftp://'],
    [['--scopes', ''], 'No scope was given'],
    [['--scopes', 'todo-read'], 'A scope contains "-"'],
    [['--scopes', 'todo.read'], 'A scope contains "."'],
    [['--scopes', 'a'.repeat(65)], 'A scope has 65 characters'],
    [['--name', ''], 'The name is empty'],
    [['--name', 'two\nlines'], 'a line break'],
    [['--name', 'n'.repeat(201)], 'The name has 201 characters'],
    [['--template', 'nope'], 'There is no such template: nope\n    expected todo, blank'],
    [['--language', 'ruby'], 'There is no such language: ruby\n    expected typescript, python'],
    [
      ['--language', 'python', '--store', 'sqlite'],
      'The todo server in Python has no such --store: sqlite\n    expected memory',
    ],
    [
      ['--language', 'python', '--deploy', 'kubernetes'],
      'The todo server in Python has no such --deploy: kubernetes\n    expected docker',
    ],
    [['--store', 'redis'], 'There is no such store: redis\n    expected memory, sqlite, postgres'],
    [
      ['--template', 'blank', '--store', 'memory'],
      'The blank server in TypeScript has no such --store: memory\n    expected --template todo, or no --store',
    ],
    [
      ['--template', 'blank', '--store', 'sqlite'],
      'The blank server in TypeScript has no such --store: sqlite\n    expected --template todo, or no --store',
    ],
    [
      ['--with', 'resources'],
      'The todo server in TypeScript has no such --with: resources\n    expected --template blank, or no --with',
    ],
    [
      ['--template', 'blank', '--with', 'x'],
      'There is no such with: x\n    expected resources, prompts, organizations, none',
    ],
    [['--with', ''], 'There is no such with'],
    [
      ['--deploy', 'heroku'],
      'There is no such deploy: heroku\n    expected docker, compose, kubernetes, none',
    ],
    [['--deploy', 'none,docker'], 'There is no such deploy: none'],
    [['--package-manager', 'nmp'], 'expected npm, pnpm, yarn, bun'],
    [['--metadata', '{"resource":"http://localhost/"}'], '"authorization_servers" has no'],
    [['--metadata', 'absent.json'], '--metadata absent.json: there is no such file'],
    [['--answers', 'absent.json'], '--answers absent.json: there is no such file'],
    [['--answers', '-', '--metadata', '-'], 'cannot both read the standard input'],
  ])('%j', async (args, reason) => {
    expect(await refused(['x', ...args], 2)).toContain(reason);
  });

  test('swapped ids are both named', async () => {
    const said = await refused(['x', '--client-id', 'res_1', '--resource-id', 'skc_1'], 2);
    expect(said).toContain('2 values are invalid');
    expect(said).toMatch(/--client-id: .*is set to a resource id/);
    expect(said).toMatch(/--resource-id: .*is set to the environment's client id/);
  });

  test('a secret in the wrong place is not printed', async () => {
    const said = await refused(['x', '--client-id', 'skcs_verysecretvalue'], 2);
    expect(said).toContain('The client id is set to a secret');
    expect(said).not.toContain('verysecretvalue');
  });

  test.each([
    ['--mcp-url', 'http://localhost:4000', 'A trailing slash was added to MCP_URL: http://localhost:4000/'],
    ['--mcp-url', 'http://localhost:4000/mcp', '/mcp was removed from MCP_URL'],
    ['--scopes', 'todo:read,todo:write,todo:read', 'Duplicate scopes removed: todo:read'],
  ])('%s %s is corrected, with a note', async (option, value, note) => {
    const cwd = await temporaryDirectory();
    const { code, stdout } = await create(cwd, ['x', option, value, '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain(note);
  });
});

describe('--answers', () => {
  test.each([
    ['{', 'is not JSON'],
    ['{"colour":"red"}', 'unknown: colour'],
    ['{"directory":"x","scopes":["todo read"]}', 'A scope contains a space'],
    [
      '{"directory":"x","language":"python","store":"postgres"}',
      'The todo server in Python has no such --store',
    ],
    ['{"name":"No directory"}', 'Missing, and there is no terminal to ask in: [directory]'],
  ])('%s', async (document, reason) => {
    expect(await refused(['--answers', '-'], 2, document)).toContain(reason);
  });
});

describe('without a terminal', () => {
  test('missing required answers are all named, with the command that has them', async () => {
    const said = await refused(['--environment-url', 'https://acme.scalekit.dev'], 2);
    expect(said).toContain('[directory], --resource-id <res_…>');
    expect(said).toContain('→ create-scalekit-mcp todo-mcp --resource-id <res_…>');
  });

  test('--json: one document, the same exit code, nothing else', async () => {
    const cwd = await temporaryDirectory();
    const { code, stdout, stderr } = await create(cwd, ['--json', '--port', 'abc']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      tool: expect.stringMatching(/^create-scalekit-mcp \d/),
      ok: false,
      exitCode: 2,
      error: {
        code: 'port',
        message: expect.stringContaining('This is not a port'),
        next: 'create-scalekit-mcp --help',
        problems: [
          {
            option: '--port',
            code: 'port',
            reason: 'This is not a port',
            actual: 'abc',
            expected: 'a whole number from 1 to 65535',
          },
        ],
      },
    });
  });

  test.each([[['--json', '--nope']], [['--json']], [['--json', 'a', 'b']]])(
    '%j is answered in JSON',
    async (args) => {
      const { code, stdout } = await create(await temporaryDirectory(), args);
      expect(code).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({
        ok: false,
        exitCode: 2,
        error: { code: expect.stringMatching(/^arguments\//) },
      });
    },
  );
});

test('npm create … --dry-run without --: the flag counts although npm keeps it', async () => {
  const cwd = await temporaryDirectory();
  const env = {
    npm_command: 'init',
    npm_config_dry_run: 'true',
    npm_config_user_agent: 'npm/11.0.0 node/v20',
  };
  const { code, stdout } = await run(process.execPath, [createProgram, 'x'], { cwd, env });
  expect(code).toBe(0);
  expect(stdout).toContain('Nothing was written.');
  expect(existsSync(join(cwd, 'x'))).toBe(false);
});

test('npm create … --template blank without --: npm swallows it, and the corrected command is shown', async () => {
  const cwd = await temporaryDirectory();
  const env = { npm_command: 'init', npm_config_template: 'true', npm_config_install: '' };
  const { code, stderr } = await run(process.execPath, [createProgram, 'x', 'blank'], { cwd, env });
  expect(code).toBe(2);
  expect(stderr).toContain('npm took --template, --no-install for itself: put our options after --');
  expect(stderr).toContain('→ npm create scalekit-mcp@latest x -- --template <name> --no-install');
  expect(await readdir(cwd)).toEqual([]);
});
