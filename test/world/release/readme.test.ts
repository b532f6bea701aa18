// What the README says, on a machine that has only Node.js and npm: no git, no home, and our packages as they are released.
import { appendFile, mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

/** The commands of `scalekit-mcp` that were tried. */
const tried = new Set<string>();

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

describe('while npm run dev runs', () => {
  let dev: Program;
  beforeAll(async () => {
    dev = new Program('npm', ['run', 'dev'], { cwd: project, env: { ...machine.env, ...env }, group: true });
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

  test('token, and what it allows', async () => {
    const token = (await tool('token')).trim();
    expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(await tool('token', 'explain', token)).toContain('todo:write');
  });

  test('list and call', async () => {
    expect(await tool('list')).toContain('create_todo');
    await tool('call', 'create_todo', 'title=Write the report');
    expect(await tool('call', 'list_todos', '--json')).toContain('Write the report');
  });

  test('doctor finds nothing wrong', async () => {
    expect(JSON.parse(await tool('doctor', '--json'))).toMatchObject({ exitCode: 0 });
  });

  test('connect writes a client’s file, and takes it back', async () => {
    await tool('connect', 'codex', '--yes');
    await tool('connect', 'codex', '--remove', '--yes');
  });

  test('inspect says what it would run', async () => {
    expect(await tool('inspect', '--dry-run', '--json')).toContain('@modelcontextprotocol/inspector');
  });

  test('deny refuses a person, where the server looks at a list', async () => {
    await appendFile(join(project, '.env'), 'DENY_FILE=denied.txt\n');
    await tool('deny', 'usr_1', '--until', '1h', '--yes');
  });
});

test('its own tool creates projects, too', async () => {
  await tool('create', '../another', '--template', 'blank', '--no-install');
});

test('emulate runs until it is told to end', async () => {
  tried.add('emulate');
  const options = { cwd: project, env: { ...machine.env, ...env }, group: true };
  const emulate = new Program('npx', ['scalekit-mcp', 'emulate', '--json'], options);
  try {
    await emulate.says(/"url"/, 60_000);
    emulate.signalGroup('SIGINT');
    await emulate.ended();
  } finally {
    await emulate.kill();
  }
});

test('add a tool, and its tests pass', async () => {
  await tool('add', 'tool', 'archive_todo', '--scopes', 'todo:archive', '--yes');
  await works(run('npm', ['test']));
});

test('update has nothing to do', async () => {
  await tool('update', '--check');
});

test('eject, and the tests still pass', async () => {
  await tool('eject', '--yes');
  await works(run('npm', ['test']));
});

test('register --metadata fills in .env', async () => {
  const pasted = {
    authorization_servers: ['https://acme.scalekit.dev/resources/res_123'],
    resource: `http://localhost:${port}/`,
    scopes_supported: ['todo:read', 'todo:write', 'todo:archive'],
  };
  await tool('register', '--metadata', JSON.stringify(pasted), '--yes');
  expect(await readFile(join(project, '.env'), 'utf8')).toMatch(/SCALEKIT_RESOURCE_ID=res_/);
});

test('every command of the README was tried', async () => {
  const readme = await readFile(join(repository, 'README.md'), 'utf8');
  const named = [...readme.matchAll(/^\| `scalekit-mcp ([a-z]+)/gm)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(12);
  expect(named.filter((name) => !tried.has(name ?? ''))).toEqual([]);
});
