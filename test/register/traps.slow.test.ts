import { describe, expect, test } from 'vitest';
import { until } from '../support/waiting.ts';
import type { Environment } from './stand-in/environment.ts';
import type { Switches } from './stand-in/tools.ts';
import { changes, localEnv, makeProject, ScriptedPerson, standInForAll, walk } from './walk.ts';

// Unexpected behaviour of Scalekit's tools (docs/scalekit.md#registering-a-server), one test each.

const standIn = standInForAll({ environments: [{ name: 'Development', type: 'DEV' }] });

function onlyEnvironment(): Environment {
  const [environment] = standIn().environments;
  if (environment === undefined) throw new Error('the workspace is empty');
  return environment;
}

function set(switches: Partial<Switches>): void {
  Object.assign(standIn().switches, switches);
}

const both = [
  { name: 'todo:read', description: 'Read' },
  { name: 'todo:write', description: 'Write' },
];

describe('a missing tool, or one with other arguments, is named before anything is created', () => {
  test.each([
    ['list_environments', 'no longer has the tool list_environments'],
    ['list_mcp_servers', 'no longer has the tool list_mcp_servers'],
    ['create_environment_scope', 'no longer has the tool create_environment_scope'],
    ['register_mcp_server', 'no longer has the tool register_mcp_server'],
  ])('%s', async (tool, said) => {
    set({ gone: [tool] });
    const { report, env } = await walk(standIn(), await makeProject());
    expect(report).toMatchObject({ ok: true, exitCode: 0, state: 'steps' });
    expect(report.notes.join()).toContain(said);
    expect(report.steps.join('\n')).toContain('Server URL  http://localhost:3002/');
    expect(report.steps.join('\n')).toContain('register --metadata -');
    expect(changes(standIn())).toEqual([]);
    expect(await env()).toBe(localEnv);
  });

  test.each([
    [
      'unknown-argument',
      'register_mcp_server has changed: it requires region, which this version does not know',
    ],
    ['no-environment', 'has changed: it no longer takes environmentId'],
  ] as const)('%s', async (schema, said) => {
    set({ schema });
    const { report } = await walk(standIn(), await makeProject());
    expect(report).toMatchObject({ exitCode: 0, state: 'steps' });
    expect(report.notes.join()).toContain(said);
    expect(changes(standIn())).toEqual([]);
  });

  test('a missing tool that creates does not matter if nothing has to be created', async () => {
    onlyEnvironment().scopes.push(...both);
    const server = { id: 'res_5', name: 'Todo', url: 'http://localhost:3002/', description: '' };
    await onlyEnvironment().register({ ...server, accessTokenExpiry: 300, provider: '' });
    set({ gone: ['create_environment_scope', 'register_mcp_server'] });
    expect((await walk(standIn(), await makeProject())).report.server?.id).toBe('res_5');
  });

  test('arguments in another spelling are recognised', async () => {
    set({ schema: 'renamed' });
    expect((await walk(standIn(), await makeProject())).report.state).toBe('registered');
    expect(onlyEnvironment().servers).toHaveLength(1);
  });

  test.each(['get_environment_credentials', 'list_environment_scopes'])(
    'without %s it goes on with what is known otherwise',
    async (tool) => {
      set({ gone: [tool] });
      // Only the credentials name the environment's URL with http, which exists only in tests.
      const dryRun = tool === 'get_environment_credentials';
      const { report } = await walk(standIn(), await makeProject(), { dryRun });
      expect(report.state).toBe(dryRun ? 'planned' : 'registered');
    },
  );
});

describe('answers in prose', () => {
  test.each([
    ['list_environments', 'Here is your workspace, enjoy!'],
    ['list_mcp_servers', 'You have many servers.'],
    ['list_mcp_servers', '#1, Name: Todo MCP, Address: hidden'],
  ])('%s in unknown wording: says so, and prints the steps instead', async (tool, words) => {
    set({ reworded: { [tool]: words } });
    const { report, env } = await walk(standIn(), await makeProject());
    expect(report).toMatchObject({ exitCode: 0, state: 'steps' });
    expect(report.notes.join()).toContain(`The answer of Scalekit's tool ${tool} cannot be understood`);
    expect(changes(standIn())).toEqual([]);
    expect(await env()).toBe(localEnv);
  });

  test.each(['list_environments', 'list_mcp_servers'])(
    'a failure of %s without isError is a failure: exit code 1',
    async (tool) => {
      set({ failing: [tool] });
      const { report } = await walk(standIn(), await makeProject());
      expect(report).toMatchObject({ ok: false, exitCode: 1, state: 'steps' });
      expect(report.notes.join()).toMatch(new RegExp(`tool ${tool} failed: Failed to fetch`));
      expect(changes(standIn())).toEqual([]);
    },
  );

  test('terminal escapes in an answer are shown, not obeyed', async () => {
    set({ reworded: { list_mcp_servers: '\u001b[2Jgone' } });
    const { report } = await walk(standIn(), await makeProject());
    expect(report.notes.join()).toContain('\\x1b[2Jgone');
  });

  test('endless pages are given up', async () => {
    set({ endlessPages: true });
    const { report } = await walk(standIn(), await makeProject());
    expect(report.notes.join()).toContain('its pages do not end');
  });

  test('a success in new wording is believed, because it is read back', async () => {
    set({ reworded: { register_mcp_server: 'All set.' } });
    const { report } = await walk(standIn(), await makeProject());
    expect(report).toMatchObject({ state: 'registered', server: { id: onlyEnvironment().servers[0]?.id } });
  });

  test('if answer and list differ in the id, the list counts', async () => {
    set({ wrongId: true });
    const { report, env } = await walk(standIn(), await makeProject());
    const id = onlyEnvironment().servers[0]?.id;
    expect(report.server?.id).toBe(id);
    expect(await env()).toContain(`SCALEKIT_RESOURCE_ID=${id}\n`);
  });

  test('a reported failure is ignored if the server exists afterwards', async () => {
    set({ registersAndFails: true });
    expect((await walk(standIn(), await makeProject())).report.state).toBe('registered');
  });

  test('a reported success is not believed if no server exists: nothing is written', async () => {
    set({ registersNothing: true });
    const { report, person, env } = await walk(standIn(), await makeProject());
    expect(report.state).toBe('steps');
    expect(person.heard).toContain('Created so far in Development (DEV) env_1001');
    expect(await env()).toBe(localEnv);
  });
});

describe('scopes', () => {
  test('an empty list may be a failure: an existing scope stays and is not an error', async () => {
    onlyEnvironment().scopes.push(...both);
    set({ failing: ['list_environment_scopes'] });
    const { report, person } = await walk(standIn(), await makeProject());
    expect(person.heard).toContain(
      'Scalekit listed no scopes, but it also does so when it cannot read them.',
    );
    expect(report).toMatchObject({ state: 'registered', scopes: { created: [], missing: [] } });
  });

  test('a scope that is reported as created but not listed stops before the server is registered', async () => {
    onlyEnvironment().scopes.push({ name: 'other', description: '' });
    set({ createsNothing: true });
    await expect(walk(standIn(), await makeProject())).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('did not create the scope todo:read: it answered that it did'),
    });
    expect(onlyEnvironment().servers).toEqual([]);
  });

  test('a refused scope stops the run, with what exists by then', async () => {
    onlyEnvironment().scopes.push({ name: 'todo:read', description: '' });
    set({ failing: ['create_environment_scope'] });
    await expect(walk(standIn(), await makeProject())).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('did not create the scope todo:write: Failed to create scope'),
    });
    expect(onlyEnvironment().servers).toEqual([]);
  });
});

describe("the resource's own metadata", () => {
  test('is the source of the authorization server, not what registering prints', async () => {
    const { report } = await walk(standIn(), await makeProject());
    expect(report.server?.issuer).toBe(`${onlyEnvironment().url}/resources/${report.server?.id}`);
  });

  test('is replaced by the list if it does not answer, with a note', async () => {
    set({ silentMetadata: true });
    const { report, env } = await walk(standIn(), await makeProject());
    expect(report).toMatchObject({ state: 'registered' });
    expect(report.server?.issuer).toBeUndefined();
    expect(report.notes.join()).toContain('could not be read, so its scopes are unknown');
    expect(await env()).toContain(`SCALEKIT_RESOURCE_ID=${onlyEnvironment().servers[0]?.id}`);
  });
});

describe('an early end', () => {
  test('interrupted while it registers: lists what exists, and the next run continues from there', async () => {
    const interruption = new AbortController();
    let release = () => {};
    const hold = new Promise<void>((resolve) => {
      release = resolve;
    });
    set({ hold });
    const directory = await makeProject();
    const person = new ScriptedPerson();
    const running = walk(standIn(), directory, { signal: interruption.signal }, person);
    await until('the registration', () => standIn().calls.some(({ tool }) => tool === 'register_mcp_server'));
    interruption.abort(new Error('Ctrl-C'));
    await expect(running).rejects.toThrow('Ctrl-C');
    expect(person.said.at(-1)).toBe(
      [
        `Interrupted. Created so far in Development (DEV) env_1001, ${onlyEnvironment().domain}: scope todo:read, scope todo:write.`,
        'Requested but not confirmed, so it may exist: MCP server "Todo MCP" at http://localhost:3002/.',
        'Run this again to continue: nothing is created twice.',
      ].join('\n'),
    );
    release();
    await until('the server', () => onlyEnvironment().servers.length === 1);
    set({ hold: undefined });
    const { report } = await walk(standIn(), directory);
    expect(report).toMatchObject({ state: 'registered', server: { state: 'found' } });
    expect(onlyEnvironment().servers).toHaveLength(1);
  });
});
