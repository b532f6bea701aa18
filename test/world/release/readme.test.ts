// What the README says, on a machine that has only Node.js and npm: no git, no home, and our packages as they are released.
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeOlder } from '../../develop/update/versions.ts';
import { freePort } from '../../support/ports.ts';
import { type Ended, Program } from '../../support/program.ts';
import { repository } from '../../support/repository.ts';
import { until } from '../../support/waiting.ts';
import { NewMachine } from './published.ts';

let machine: NewMachine;
let cwd: string;
let project: string;
let port: number;
let env: Readonly<Record<string, string>>;

/** The commands of `scalekit-mcp`, and the options of `create-scalekit-mcp`, that were tried. */
const tried = new Set<string>();
const triedOptions = new Set<string>();

const pasted = (scopes: readonly string[]) => ({
  authorization_servers: ['https://acme.scalekit.dev/resources/res_123'],
  resource: 'http://localhost:4002/',
  scopes_supported: scopes,
});

beforeAll(async () => {
  machine = await NewMachine.make();
  const programs = join(machine.directory, 'bin');
  await mkdir(programs);
  const npm = dirname((await machine.run('sh', ['-c', 'command -v npm'], machine.directory)).stdout.trim());
  for (const name of ['npm', 'npx']) await symlink(join(npm, name), join(programs, name));
  await symlink(process.execPath, join(programs, 'node'));
  // npm runs scripts with it.
  await symlink('/bin/sh', join(programs, 'sh'));
  env = { PATH: programs };
  cwd = join(machine.directory, 'work');
  await mkdir(cwd);
  project = join(cwd, 'todo-mcp');
  port = await freePort();
});
afterAll(() => machine?.remove());

const run = (command: string, args: readonly string[], where = project) =>
  machine.run(command, args, where, env);

async function works(running: Promise<Ended>): Promise<string> {
  const { code, stdout, stderr } = await running;
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

/** `npx scalekit-mcp …` in the project. */
function tool(name: string, ...args: readonly string[]): Promise<string> {
  tried.add(name);
  return works(run('npx', ['scalekit-mcp', name, ...args]));
}

test('npx create-scalekit-mcp todo-mcp', async () => {
  const said = await works(
    run('npx', ['--yes', 'create-scalekit-mcp', 'todo-mcp', '--port', String(port)], cwd),
  );
  expect(said).toContain('git was not found');
  expect(said).toContain('Installed with npm');
  expect(said).toContain('✓ A call without a token is refused');
});

test.each(['test', 'build', 'lint', 'typecheck', 'doctor'])('npm run %s', async (script) => {
  await works(run('npm', ['run', script]));
});

/** Each option of the README's table: what it says is in the project, by file, or in the report. */
describe('create-scalekit-mcp with', () => {
  const quick = ['--no-install', '--no-git', '--no-check', '--yes', '--json'];
  const metadata = JSON.stringify(pasted(['notes:read', 'notes:write']));
  const cases: ReadonlyArray<readonly [args: readonly string[], texts: Readonly<Record<string, RegExp>>]> = [
    [['--name', 'Our list', '--emulator'], { 'src/main.ts': /name: 'Our list'/, '.env': /localhost/ }],
    [
      ['--template', 'blank', '--scopes', 'a:read,a:write', '--with', 'resources,prompts,organizations'],
      { 'src/scopes.ts': /'a:write'/, 'src/resources/index.ts': /export/, 'src/prompts/index.ts': /export/ },
    ],
    [['--language', 'python', '--port', '4005'], { 'server.py': /ScalekitProvider/, '.env': /4005/ }],
    [
      ['--metadata', metadata],
      { '.env': /acme\.scalekit\.dev[\s\S]*res_123/, 'src/scopes.ts': /notes:write/ },
    ],
    [
      [
        ...[
          '--environment-url',
          'https://acme.scalekit.dev',
          '--client-id',
          'skc_1',
          '--resource-id',
          'res_1',
        ],
        ...['--mcp-url', 'https://mcp.example.com/'],
      ],
      { '.env': /acme\.scalekit\.dev[\s\S]*res_1[\s\S]*https:\/\/mcp\.example\.com\// },
    ],
    [
      ['--store', 'postgres', '--deploy', 'compose,kubernetes', '--package-manager', 'pnpm'],
      { 'compose.yaml': /postgres/, 'deploy/kubernetes.yaml': /Deployment/, Dockerfile: /pnpm/ },
    ],
    [['--answers', 'answers.json'], { 'src/main.ts': /name: 'Answered'/ }],
    [['--overwrite'], { 'mine.txt': /mine/, 'package.json': /scalekit-mcp-server/ }],
  ];

  const create = (args: readonly string[]) => {
    for (const arg of args)
      if (/^--?\w/.test(arg)) triedOptions.add(arg.replace(/^--(?:no-)?/, '').replace(/^-y$/, 'yes'));
    return run('npx', ['--yes', 'create-scalekit-mcp', ...args], cwd);
  };

  test.each(cases)('%j', async (args, texts) => {
    await writeFile(join(cwd, 'answers.json'), JSON.stringify({ name: 'Answered' }));
    const name = `with-${args[0]?.slice(2)}`;
    if (args.includes('--overwrite')) {
      await mkdir(join(cwd, name));
      await writeFile(join(cwd, name, 'mine.txt'), 'mine');
      expect((await create([name, ...quick])).code, 'without the option').toBe(1);
    }
    const report = JSON.parse(await works(create([name, ...quick, ...args])));
    expect(report).toMatchObject({ ok: true, install: { state: 'skipped' }, git: { state: 'skipped' } });
    for (const [path, text] of Object.entries(texts))
      expect(await readFile(join(cwd, name, path), 'utf8'), path).toMatch(text);
  });

  test('--dry-run, which writes nothing', async () => {
    expect(await works(create(['never', '-y', '--dry-run']))).toContain('src/main.ts');
    expect(existsSync(join(cwd, 'never'))).toBe(false);
  });

  test('--print-schema, which describes the answers', async () => {
    expect(JSON.parse(await works(create(['--print-schema'])))).toHaveProperty('properties.scopes');
  });

  test('--register, which is refused without an install', async () => {
    expect(await create(['never', '--yes', '--register', '--no-install'])).toMatchObject({ code: 2 });
    expect(existsSync(join(cwd, 'never'))).toBe(false);
  });

  test('--language python, where there is no Python: the project, and what to install', async () => {
    const { code, stdout, stderr } = await create(['in-python', '--language', 'python']);
    expect([code, stdout]).toEqual([1, expect.stringContaining('uv sync')]);
    expect(stderr).toContain('Neither uv nor Python 3.11 or later was found');
    expect(await readdir(join(cwd, 'in-python'))).toContain('server.py');
  });

  test('every option of the README', async () => {
    const readme = await readFile(join(repository, 'README.md'), 'utf8');
    const rows = [...readme.matchAll(/^\| `(?:-\w, )?--(?:\[no-\])?([a-z-]+)/gm)].map(([, name]) => name);
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter((name) => !triedOptions.has(name ?? ''))).toEqual([]);
  });
});

describe('while npm run dev runs', () => {
  let dev: Program;
  beforeAll(async () => {
    const command = ['run', 'dev', '--', '--client-documents', 'on'];
    dev = new Program('npm', command, { cwd: project, env: { ...machine.env, ...env }, group: true });
    await dev.says(new RegExp(`http://localhost:${port}/mcp`), 60_000);
    tried.add('dev');
    await until('the server to answer', () =>
      fetch(`http://localhost:${port}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  });
  afterAll(() => dev?.kill());

  test('prints a token, and explains it', async () => {
    const token = (await tool('token')).trim();
    expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(await tool('token', 'explain', token)).toContain('todo:write');
  });

  test('list and call', async () => {
    expect(await tool('list')).toContain('create_todo');
    await tool('call', 'create_todo', 'title=Write the report');
    const url = `http://localhost:${port}/mcp`;
    expect(await tool('call', 'list_todos', '--json', '--url', url)).toContain('Write the report');
  });

  test('doctor finds nothing wrong', async () => {
    for (const url of [[], [`http://localhost:${port}/`]])
      expect(JSON.parse(await tool('doctor', ...url, '--json'))).toMatchObject({ exitCode: 0 });
  });

  test('connect writes a client’s file, and takes it back', async () => {
    await tool('connect', 'codex', '--yes');
    await tool('connect', 'codex', '--remove', '--yes');
    const url = 'https://mcp.example.com/mcp';
    expect(await tool('connect', 'codex', '--url', url, '--dry-run')).toContain(url);
  });

  test('inspect says what it would run', async () => {
    expect(await tool('inspect', '--dry-run', '--json')).toContain('@modelcontextprotocol/inspector');
  });

  test('deny refuses a person if the server has a deny list', async () => {
    await appendFile(join(project, '.env'), 'DENY_FILE=denied.txt\n');
    await tool('deny', 'usr_1', '--until', '1h', '--yes');
  });
});

test('the project’s own scalekit-mcp creates projects, too', async () => {
  await tool('create', '../another', '--template', 'blank', '--no-install');
});

test('emulate runs until it is interrupted', async () => {
  tried.add('emulate');
  const options = { cwd: project, env: { ...machine.env, ...env }, group: true };
  const emulate = new Program(
    'npx',
    ['scalekit-mcp', 'emulate', '--json', '--client-documents', 'off'],
    options,
  );
  try {
    await emulate.says(/"url"/, 60_000);
    emulate.signalGroup('SIGINT');
    await emulate.ended();
  } finally {
    await emulate.kill();
  }
});

test('doctor --fix mends what it finds', async () => {
  const path = join(project, '.env');
  const right = await readFile(path, 'utf8');
  await writeFile(path, right.replace(/^(MCP_URL=.*)\/$/m, '$1'));
  const doctor = ['scalekit-mcp', 'doctor', '--offline', '--fail-on', 'warning'];
  expect((await run('npx', doctor)).code).toBe(1);
  await tool('doctor', '--offline', '--fix', '--yes');
  expect(await readFile(path, 'utf8')).toBe(right);
  expect((await run('npx', doctor)).code).toBe(0);
});

test('update shows what is newer, brings it, and takes it back', async () => {
  await tool('update', '--check');
  await makeOlder(project, { 'tsconfig.json': (text) => text.replace('{', '{ "//": "older",') });
  const text = () => readFile(join(project, 'tsconfig.json'), 'utf8');
  expect((await run('npx', ['scalekit-mcp', 'update', '--check'])).code).toBe(1);
  expect(await tool('update', '--dry-run')).toContain('tsconfig.json');
  await tool('update', '--yes');
  expect(await text()).not.toContain('older');
  await tool('update', '--undo', '--yes');
  expect(await text()).toContain('older');
  await tool('update', '--yes');
});

test('add a tool, a resource, a prompt and a scope, and all tests pass', async () => {
  await tool('add', 'tool', 'archive_todo', '--scopes', 'todo:archive', '--yes');
  await tool('add', 'resource', 'summary', '--scopes', 'todo:read', '--yes');
  await tool('add', 'prompt', 'weekly_review', '--scopes', 'todo:read', '--yes');
  await tool('add', 'scope', 'todo:share', '--yes');
  await works(run('npm', ['test']));
});

test('eject, and the tests still pass', async () => {
  await tool('eject', '--yes');
  await works(run('npm', ['test']));
});

test('register --metadata - fills in .env', async () => {
  const scopes = ['todo:read', 'todo:write', 'todo:archive', 'todo:share'];
  const input = JSON.stringify({ ...pasted(scopes), resource: `http://localhost:${port}/` });
  const options = { cwd: project, env: { ...machine.env, ...env }, input };
  const args = ['scalekit-mcp', 'register', '--metadata', '-', '--yes'];
  await works(new Program('npx', args, options).ended());
  tried.add('register');
  expect(await readFile(join(project, '.env'), 'utf8')).toMatch(/SCALEKIT_RESOURCE_ID=res_/);
});

test('every command of the README was tried', async () => {
  const readme = await readFile(join(repository, 'README.md'), 'utf8');
  const named = [...readme.matchAll(/^\| `scalekit-mcp ([a-z]+)/gm)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(12);
  expect(named.filter((name) => !tried.has(name ?? ''))).toEqual([]);
});
