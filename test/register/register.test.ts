import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../support/program.ts';
import { scalekitProgram } from '../support/repository.ts';
import type { Environment } from './stand-in/environment.ts';
import { changes, localEnv, makeProject, ScriptedPerson, standInForAll, walk } from './walk.ts';

const standIn = standInForAll();

function onlyEnvironment(): Environment {
  const [environment] = standIn().environments;
  if (environment === undefined) throw new Error('the workspace is empty');
  return environment;
}

/** Registers a server as somebody else did before. */
async function registered(url: string, id = 'res_77', changes = {}): Promise<void> {
  const server = { id, name: 'Earlier', url, description: '', accessTokenExpiry: 300, provider: '' };
  await onlyEnvironment().register({ ...server, ...changes });
}

const pair = [
  { name: 'todo:read', description: 'Read your todos' },
  { name: 'todo:write', description: 'Change your todos' },
];

describe('a new server', () => {
  test('one sign-in creates the scopes, registers the server, reads it back and fills .env', async () => {
    const directory = await makeProject();
    const { report, person, env } = await walk(standIn(), directory);
    const environment = onlyEnvironment();
    const [server] = environment.servers;
    expect(person.visits).toBe(1);
    expect(person.asked).toEqual(['Do this? Y']);
    expect(server).toMatchObject({
      name: 'Todo MCP',
      url: 'http://localhost:3002/',
      accessTokenExpiry: 3600,
    });
    expect(environment.scopes).toEqual(pair);
    expect(report).toMatchObject({
      ok: true,
      state: 'registered',
      server: { state: 'created', id: server?.id, issuer: `${environment.url}/resources/${server?.id}` },
      scopes: { created: ['todo:read', 'todo:write'], missing: [] },
      steps: [],
    });
    expect(await env()).toBe(
      localEnv
        .replace('http://localhost:4002', environment.url)
        .replace('skc_1000000000000002', environment.clientId)
        .replace('res_1000000000000001', server?.id ?? ''),
    );
    expect((await stat(join(directory, '.env'))).mode & 0o777).toBe(0o600);
  });

  test('the plan is shown before anything is created, with what cannot be undone', async () => {
    onlyEnvironment().scopes.push({ name: 'billing:read', description: 'Read bills' });
    const { person } = await walk(standIn(), await makeProject());
    const plan = person.said[1]?.replaceAll(/localhost:(?!3002|4002)\d+/g, 'acme.scalekit.dev');
    expect(plan).toMatchInlineSnapshot(`
      "
      At Scalekit, in Development (DEV) env_1001, acme.scalekit.dev:
        + create the scope todo:read (Read your todos)
        + create the scope todo:write (Change your todos)
        + register the MCP server "Todo MCP" at http://localhost:3002/
          with access tokens that live 60 minutes
        ! Scalekit gives a new server all scopes of its environment, so it also gets:
            billing:read
          Remove them in the dashboard: MCP Servers > your server > Scopes.
        ! Scalekit's tools cannot undo this: scopes and servers can only be removed
          in the dashboard.

      In this project:
        .env
          - SCALEKIT_ENVIRONMENT_URL=http://localhost:4002
          + SCALEKIT_ENVIRONMENT_URL=http://acme.scalekit.dev
          - SCALEKIT_CLIENT_ID=skc_1000000000000002
          + SCALEKIT_CLIENT_ID=skc_100177
          and SCALEKIT_RESOURCE_ID, which the new server will get from Scalekit
      "
    `);
  });

  test('declining the plan creates nothing and writes nothing', async () => {
    const directory = await makeProject();
    const person = new ScriptedPerson();
    person.agrees = false;
    await expect(walk(standIn(), directory, {}, person)).rejects.toMatchObject({
      exitCode: 130,
      message: 'Cancelled. Nothing was created.',
    });
    expect(changes(standIn())).toEqual([]);
    expect(await readFile(join(directory, '.env'), 'utf8')).toBe(localEnv);
  });

  test('a dry run shows the same plan and stops', async () => {
    const directory = await makeProject();
    const { report, person, env } = await walk(standIn(), directory, { dryRun: true });
    expect(report).toMatchObject({ state: 'planned', exitCode: 0, dryRun: true });
    expect(person.heard).toContain('+ create the scope todo:read');
    expect(person.asked).toEqual([]);
    expect(changes(standIn())).toEqual([]);
    expect(await env()).toBe(localEnv);
  });

  test('--yes asks nothing', async () => {
    const { report, person } = await walk(standIn(), await makeProject(), { yes: true });
    expect(report.state).toBe('registered');
    expect(person.asked).toEqual([]);
  });

  test('a missing .env is created, for its owner alone', async () => {
    const directory = await makeProject({ '.env': undefined });
    const { env } = await walk(standIn(), directory);
    expect((await stat(join(directory, '.env'))).mode & 0o777).toBe(0o600);
    expect(await env()).toBe(
      `SCALEKIT_ENVIRONMENT_URL=${onlyEnvironment().url}\nSCALEKIT_CLIENT_ID=${onlyEnvironment().clientId}\nSCALEKIT_RESOURCE_ID=${onlyEnvironment().servers[0]?.id}\nMCP_URL=http://localhost:3002/\n`,
    );
  });

  test('a Python project keeps its own names of the variables', async () => {
    const directory = await makeProject({
      'package.json': '{}',
      'pyproject.toml': '[project]\nname = "todo"\ndependencies = ["fastmcp>=4"]\n',
      'src/scopes.ts': '',
      'server.py': 'SCOPES = {\n    "todo:read": "Read your todos",\n}\n',
      '.env':
        'SCALEKIT_ENV_URL=http://localhost:4002\nSCALEKIT_RESOURCE_ID=res_1\nMCP_URL=http://localhost:3002/\n',
    });
    const { env } = await walk(standIn(), directory);
    expect(onlyEnvironment().scopes.map(({ name }) => name)).toEqual(['todo:read']);
    expect(await env()).toContain(`SCALEKIT_ENV_URL=${onlyEnvironment().url}\n`);
    expect(await env()).not.toContain('SCALEKIT_ENVIRONMENT_URL');
  });
});

describe('a second run', () => {
  test('changes nothing, and asks nothing', async () => {
    const directory = await makeProject();
    const { env } = await walk(standIn(), directory);
    const before = await env();
    const made = changes(standIn());
    const { report, person } = await walk(standIn(), directory);
    expect(report).toMatchObject({ ok: true, state: 'unchanged', changed: [] });
    expect(person.asked).toEqual([]);
    expect(changes(standIn())).toEqual(made);
    expect(await env()).toBe(before);
  });

  test('from a new clone without .env finds the same server', async () => {
    await walk(standIn(), await makeProject());
    const directory = await makeProject();
    const { report } = await walk(standIn(), directory);
    expect(report).toMatchObject({ state: 'registered', server: { state: 'found' } });
    expect(onlyEnvironment().servers).toHaveLength(1);
  });

  test('with one more scope creates it, and says that only the dashboard can add it to the server', async () => {
    const directory = await makeProject();
    await walk(standIn(), directory);
    const scopes = `export const scopes = {\n  'todo:read': 'Read',\n  'todo:write': 'Write',\n  'todo:admin': 'Administer',\n};\n`;
    await writeFile(join(directory, 'src/scopes.ts'), scopes);
    const { report } = await walk(standIn(), directory);
    expect(report.scopes).toMatchObject({ created: ['todo:admin'], missing: ['todo:admin'] });
    expect(report.steps.join('\n')).toContain('and select: todo:admin');
    expect(report.exitCode).toBe(0);
  });
});

describe('a server that exists already', () => {
  test.each([
    ['exactly so', 'http://localhost:3002/', false],
    ['without its slash', 'http://localhost:3002', true],
    ['as its endpoint', 'http://localhost:3002/mcp', true],
  ])('with %s is found, and never changed', async (_title, url, isNoted) => {
    onlyEnvironment().scopes.push(...pair);
    await registered(url);
    const { report, env } = await walk(standIn(), await makeProject());
    expect(report.server).toMatchObject({ state: 'found', id: 'res_77' });
    expect(changes(standIn())).toEqual([]);
    expect(await env()).toContain('SCALEKIT_RESOURCE_ID=res_77\n');
    expect(report.warnings.some((note) => note.includes(`registered as ${url}`))).toBe(isNoted);
  });

  test('under another URL is named, and a new one is registered beside it', async () => {
    onlyEnvironment().scopes.push(...pair);
    await registered('http://localhost:9999/');
    const env = localEnv.replace('res_1000000000000001', 'res_77');
    const { report } = await walk(standIn(), await makeProject({ '.env': env }));
    expect(report.warnings.join()).toContain(
      '.env has res_77, which is registered as http://localhost:9999/',
    );
    expect(report.server).toMatchObject({ state: 'created' });
    expect(changes(standIn())).not.toContain('update_mcp_server');
  });

  test("with another provider's sign-in is named", async () => {
    onlyEnvironment().scopes.push(...pair);
    await registered('http://localhost:3002/', 'res_77', { provider: 'OKTA' });
    const { report } = await walk(standIn(), await makeProject());
    expect(report.warnings.join()).toContain("res_77 uses another provider's sign-in");
  });

  test('registered twice: the one in .env is used, or else a person is asked, and --yes is not enough', async () => {
    onlyEnvironment().scopes.push(...pair);
    await registered('http://localhost:3002/');
    await registered('http://localhost:3002/', 'res_78');
    const person = new ScriptedPerson();
    person.choice = /res_78/;
    const { env } = await walk(standIn(), await makeProject(), {}, person);
    expect(await env()).toContain('SCALEKIT_RESOURCE_ID=res_78\n');
    await expect(walk(standIn(), await makeProject(), { yes: true })).rejects.toMatchObject({ exitCode: 2 });
    const own = await makeProject({ '.env': localEnv.replace('res_1000000000000001', 'res_78') });
    expect((await walk(standIn(), own, { yes: true })).report.server?.id).toBe('res_78');
  });

  test('with an id of the older form is named, and not written into .env', async () => {
    onlyEnvironment().scopes.push(...pair);
    const server = { id: 'app_77', name: 'Old', url: 'http://localhost:3002/', description: '' };
    await onlyEnvironment().register({ ...server, accessTokenExpiry: 300, provider: '' }, false);
    const directory = await makeProject();
    await expect(walk(standIn(), directory)).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('"Old" has the id app_77 at Scalekit, but the server needs res_'),
    });
    expect(await readFile(join(directory, '.env'), 'utf8')).toBe(localEnv);
  });

  test('on the second page is found', async () => {
    onlyEnvironment().scopes.push(...pair);
    for (const port of [1, 2, 3]) await registered(`http://localhost:${port}/`, `res_${port}`);
    await registered('http://localhost:3002/');
    Object.assign(standIn().switches, { pageSize: 2 });
    const { report } = await walk(standIn(), await makeProject());
    expect(report.server).toMatchObject({ state: 'found', id: 'res_77' });
  });
});

describe('a public URL', () => {
  test('is registered beside the local one; its variables are printed, and .env stays untouched', async () => {
    const directory = await makeProject();
    await walk(standIn(), directory);
    const before = await readFile(join(directory, '.env'), 'utf8');
    const { report, env } = await walk(standIn(), directory, { publicUrl: 'https://todo.example.com/' });
    const [, server] = onlyEnvironment().servers;
    expect(onlyEnvironment().servers).toHaveLength(2);
    expect(server).toMatchObject({ url: 'https://todo.example.com/', name: 'Todo MCP (todo.example.com)' });
    expect(report.production).toEqual([
      'NODE_ENV=production',
      'PORT=3002',
      `SCALEKIT_ENVIRONMENT_URL=${onlyEnvironment().url}`,
      `SCALEKIT_CLIENT_ID=${onlyEnvironment().clientId}`,
      `SCALEKIT_RESOURCE_ID=${server?.id}`,
      'MCP_URL=https://todo.example.com/',
    ]);
    expect(await env()).toBe(before);
  });

  test('the doctor finds nothing wrong with its variables in production', async () => {
    const directory = await makeProject();
    const { report } = await walk(standIn(), directory, { publicUrl: 'https://todo.example.com/' });
    const lines = [...(report.production ?? [])].map((line) =>
      // The stand-in's environments are http, which no production has.
      line.replace(/^SCALEKIT_ENVIRONMENT_URL=.*/, 'SCALEKIT_ENVIRONMENT_URL=https://acme.scalekit.dev'),
    );
    await writeFile(join(directory, 'production.env'), `${lines.join('\n')}\n`);
    const args = ['doctor', '--offline', '--json', '--env-file', 'production.env'];
    const ended = await run(process.execPath, [scalekitProgram, ...args], { cwd: directory });
    const results: ReadonlyArray<{ code: string; state: string; level?: string }> = JSON.parse(
      ended.stdout,
    ).results;
    expect(results.filter(({ state, level }) => state === 'found' && level === 'error')).toEqual([]);
    expect(results.some(({ code, state }) => code === 'SKM105' && state === 'passed')).toBe(true);
  });
});
