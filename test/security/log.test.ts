import { afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { pseudoTerminals, Terminal } from '../program/terminal.ts';
import { lacks } from '../support/needs.ts';
import { freePort, isTaken } from '../support/ports.ts';
import { until } from '../support/waiting.ts';
import { callTool } from './call.ts';
import { makeProject } from './project.ts';
import { type Ground, prepareGround, programOf, unlimited } from './server.ts';

let project: string;
let ground: Ground;

beforeAll(async () => {
  project = await makeProject('todo');
});
afterEach(() => ground?.close());

/** Calls with a token, and waits for its line in the log. */
async function refusedLine(token: string | undefined): Promise<Record<string, unknown>> {
  const { endpoint } = ground.target;
  const answer = await callTool(endpoint, token, 'create_todo', { title: 'a' });
  const { requestId } = (JSON.parse(answer.text) as { error: { data: { requestId?: string } } }).error.data;
  const lines = () => ground.server.log.filter(({ event }) => event === 'refused');
  await until('the log has a line', () => lines().length > 0);
  const [line, second] = requestId ? lines().filter((each) => each.requestId === requestId) : lines();
  expect(second).toBeUndefined();
  return line ?? {};
}

describe('the log', () => {
  test('has one line per refused request: when, why, where from, which request', async () => {
    ground = await prepareGround(project, { env: unlimited });
    const line = await refusedLine(undefined);
    expect(line).toMatchObject({
      event: 'refused',
      reason: 'no_token',
      status: 401,
      method: 'POST',
      path: '/mcp',
    });
    expect(new Date(String(line.time)).toISOString()).toBe(line.time);
    expect(line.requestId).toMatch(/^[\w-]{8,}$/);
    expect(line.address).toMatch(/^(?:127\.0\.0\.1|::1)$/);
  });

  test('names client and subject if the token is good', async () => {
    ground = await prepareGround(project, { env: unlimited });
    const claims = { sub: 'usr_7', client_id: 'm2m_7', scope: 'todo:read' };
    const line = await refusedLine(ground.source.forge.token({ claims }));
    expect(line).toMatchObject({
      reason: 'insufficient_scope',
      status: 403,
      subject: 'usr_7',
      clientId: 'm2m_7',
    });
  });

  test('names neither if it is not, since a forged token proves nothing', async () => {
    ground = await prepareGround(project, { env: unlimited });
    const line = await refusedLine(
      ground.source.forge.forged({ claims: { sub: 'usr_forged', client_id: 'm2m_forged' } }),
    );
    expect(line.status).toBe(401);
    expect(ground.server.program.output).not.toMatch(/usr_forged|m2m_forged/);
  });

  test("a client's GET and DELETE probes are not logged as refusals; LOG_LEVEL=debug shows them", async () => {
    for (const [level, probes] of [
      ['info', 0],
      ['debug', 2],
    ] as const) {
      ground = await prepareGround(project, { env: { ...unlimited, LOG_LEVEL: level } });
      const headers = { authorization: `Bearer ${ground.source.forge.token()}` };
      for (const method of ['GET', 'DELETE'])
        expect((await fetch(ground.target.endpoint, { method, headers })).status).toBe(405);
      await refusedLine(undefined);
      const { log } = ground.server;
      expect(log.filter(({ event }) => event === 'probe')).toHaveLength(probes);
      expect(log.filter(({ event }) => event === 'refused')).toHaveLength(1);
      if (level === 'info') await ground.close();
    }
  });

  test('a claim that is a list makes no long line', async () => {
    ground = await prepareGround(project, { env: unlimited });
    const list = Array(500).fill('usr_forged_forged');
    const token = ground.source.forge.token({ claims: { sub: list, client_id: list } });
    const line = await refusedLine(token);
    expect(line.status).toBe(401);
    expect(JSON.stringify(line).length).toBeLessThan(1000);
  });

  test.for([
    ['token_expired', { exp: 1 }],
    ['token_audience', { aud: 'res_9' }],
    ['token_issuer', { iss: 'https://other.example' }],
    ['token_subject', { sub: '' }],
    ['token_sender_bound', { cnf: { jkt: 'x' } }],
  ] as const)('gives %s its own code', async ([reason, claims]) => {
    ground = await prepareGround(project, { env: unlimited });
    expect(await refusedLine(ground.source.forge.token({ claims }))).toMatchObject({ reason, status: 401 });
  });

  test('a call is one line: the tool, the user, the milliseconds, and none of its arguments', async () => {
    ground = await prepareGround(project, { env: unlimited });
    const before = ground.server.log.length;
    await callTool(ground.target.endpoint, ground.source.forge.token(), 'create_todo', {
      title: 'a secret plan',
    });
    expect((await refusedLine(undefined)).reason).toBe('no_token');
    const lines = ground.server.log.slice(before);
    expect(lines.map(({ event }) => event)).toEqual(['call', 'refused']);
    expect(lines[0]).toMatchObject({
      level: 'info',
      tool: 'create_todo',
      subject: expect.any(String),
      ms: expect.any(Number),
      requestId: expect.any(String),
    });
    expect(ground.server.program.output).not.toContain('a secret plan');
  });

  test.for(['json', 'text'])(
    '%s: claims of a token can neither break a line nor control a terminal',
    async (format) => {
      ground = await prepareGround(project, { env: { ...unlimited, LOG_FORMAT: format } });
      const sub = 'usr\r\n\u001b[31m{"level":"info","event":"forged"}\u2028\u0085\u009b2J';
      const token = ground.source.forge.token({ claims: { sub, client_id: sub, scope: '' } });
      const before = ground.server.program.stderr.length;
      await callTool(ground.target.endpoint, token, 'create_todo', { title: 'a' });
      const { stderr } = ground.server.program;
      await until('the log has a line', () => ground.server.program.stderr.slice(before).includes('\n'));
      const lines = ground.server.program.stderr.slice(before).trimEnd().split('\n');
      expect(lines).toHaveLength(1);
      // In the format for people our own colours are allowed; the token's are not.
      const colours = [0, 31, 32, 33, 90].map((code) => `\u001b[${code}m`);
      const line = colours.reduce((text, colour) => text.replaceAll(colour, ''), lines[0] ?? '');
      expect(format === 'text' ? line : lines[0]).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      expect(stderr).not.toContain('\u001b[31m{');
    },
  );
});

describe.skipIf(lacks('the log in a terminal', [pseudoTerminals]))('in a terminal', () => {
  /** The server as its owner starts it, in a terminal. */
  async function watch(env: Readonly<Record<string, string>> = {}) {
    const port = await freePort();
    const scalekit = await startEmulator({ mcpUrl: `http://localhost:${port}/` });
    onTestFinished(() => scalekit.close());
    const [program, args] = programOf(project);
    const terminal = new Terminal([program, ...args].join(' '), {
      cwd: project,
      columns: 80,
      env: {
        PORT: String(port),
        SCALEKIT_ENVIRONMENT_URL: scalekit.url,
        SCALEKIT_RESOURCE_ID: scalekit.resourceId,
        MCP_URL: `http://localhost:${port}/`,
        ...env,
      },
    });
    onTestFinished(() => terminal.close());
    await until('it listens', () => isTaken(port), patience);
    const endpoint = `http://localhost:${port}/mcp`;
    const headers = { authorization: `Bearer ${await scalekit.mint()}` };
    await fetch(endpoint, { headers });
    await callTool(endpoint, await scalekit.mint({ claims: { sub: 'usr_7' } }), 'list_todos');
    await callTool(endpoint, undefined, 'list_todos');
    return terminal;
  }
  const patience = 60_000;

  test('a call is one line that a person can read: the tool, the user, the milliseconds', async () => {
    const terminal = await watch();
    await terminal.see(/no_token/, patience);
    expect(terminal.screen()).toMatch(/^\d\d:\d\d:\d\d call tool=list_todos subject=usr_7 ms=[\d.]+$/m);
    expect(terminal.screen()).toMatch(/^\d\d:\d\d:\d\d refused An access token is required reason=no_token/m);
    expect(terminal.screen()).not.toMatch(/^\{|requestId|probe|405/m);
  });

  test('LOG_FORMAT=json also applies there; LOG_LEVEL=error leaves all of it out', async () => {
    const json = await watch({ LOG_FORMAT: 'json' });
    await json.see(/"event":"call"/, patience);
    const quiet = await watch({ LOG_LEVEL: 'error' });
    expect(quiet.screen()).not.toMatch(/call|refused/);
  });
});

test('without a terminal the log is JSON', async () => {
  ground = await prepareGround(project, { env: { ...unlimited, LOG_FORMAT: undefined } });
  await callTool(ground.target.endpoint, ground.source.forge.token(), 'list_todos');
  await until('the call is in the log', () => ground.server.log.some(({ event }) => event === 'call'));
});
