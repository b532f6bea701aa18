// scalekit-mcp-server/handler on Hono's server for Node.js, as its page shows it.
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, challengeOf, listTools, send } from '../../src/server/testing/index.ts';
import { programsOf } from '../support/examples.ts';
import { Installed, type RunningExample } from '../support/installed-server.ts';
import { McpClient, officialClients, scopesAsked } from '../support/mcp-client.ts';
import { toolCall as call, envelope } from '../support/messages.ts';

const scopes = ['notes:read', 'notes:write'];

/** The same server with limits, and with a tool that never returns unless it is aborted. */
const limited = `
import { serve } from '@hono/node-server';
import { createHandler, defineScopes, ScalekitProvider } from 'scalekit-mcp-server/handler';
import * as z from 'zod';

const { scopes, tool } = defineScopes({ 'notes:read': 'Read your notes', 'notes:write': 'Add notes' });
const wait = tool({
  name: 'wait',
  title: 'Wait',
  description: 'Waits until the client hangs up.',
  scopes: [],
  input: z.object({}),
  output: z.object({}),
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  run: async (_args, { signal }) => {
    console.log('waiting');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    console.log('let go');
    return {};
  },
});
const handler = createHandler({
  name: 'Limited',
  version: '1.0.0',
  auth: new ScalekitProvider({
    environmentUrl: process.env.SCALEKIT_ENVIRONMENT_URL ?? '',
    resourceId: process.env.SCALEKIT_RESOURCE_ID ?? '',
    mcpUrl: process.env.MCP_URL ?? '',
    scopes,
  }),
  tools: [wait],
  limits: { requestsPerMinute: 5, refusedTokensPerMinute: 3 },
  trustedProxies: 1,
});
serve({ fetch: handler, port: Number(process.env.PORT) }, () => console.log('listening'));
`;

let installed: Installed;
beforeAll(async () => {
  const examples = await programsOf('docs/serverless.md');
  expect([...examples.keys()]).toEqual(['handler.ts', 'main.ts']);
  const packages = ['hono@4', '@hono/node-server@2', 'zod@4'];
  installed = await Installed.make(packages, [...examples, ['limited.ts', limited]]);
}, 600_000);
afterAll(() => installed?.remove());

const reasonOf = ({ json }: Answer) => json.error.data.reason;

/** A body that is sent in pieces, without saying how large it is. @returns the status. */
function sendInPieces(url: string, token: string, pieces: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const outgoing = request(url, { method: 'POST', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    outgoing.on('error', reject);
    for (let piece = 0; piece < pieces; piece += 1) outgoing.write('"'.padEnd(1024, 'x'));
    outgoing.end();
  });
}

describe('a server on somebody else’s listener', () => {
  let server: RunningExample;
  const post = (token: string | undefined, body: unknown = listTools, headers = {}) =>
    send(server.endpoint, { body, headers, ...(token !== undefined && { token }) });
  beforeAll(async () => {
    server = await installed.start('main.ts', scopes);
  });
  afterAll(() => server?.stop());

  test.each(['.well-known/oauth-protected-resource', '.well-known/oauth-protected-resource/mcp'])(
    'has its metadata at /%s',
    async (path) => {
      const { status, headers, json } = await send(server.url + path);
      expect([status, headers['access-control-allow-origin']]).toEqual([200, '*']);
      expect(json).toMatchObject({ resource: server.endpoint, scopes_supported: scopes });
    },
  );

  test('serves Scalekit’s metadata and its health, and 404 elsewhere', async () => {
    const answers = ['.well-known/oauth-authorization-server', 'healthz', 'readyz', 'nothing', 'MCP', 'mcp/'];
    const statuses = await Promise.all(answers.map(async (path) => (await fetch(server.url + path)).status));
    expect(statuses).toEqual([200, 200, 200, 404, 404, 404]);
    const head = await fetch(`${server.url}healthz`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test.each(officialClients)(
    '$title signs in, lists and calls, with more scopes if a tool needs them',
    async (kind) => {
      const client = new McpClient(kind, server.endpoint, { grants: ['notes:read'] });
      await client.connect();
      expect(client.protocolVersion).toBe(kind.version);
      expect(scopesAsked(client.destinations[0])).toEqual(expect.arrayContaining(scopes));
      expect(await client.toolNames()).toEqual(['list_notes', 'add_note']);
      client.person = {};
      expect((await client.callTool('add_note', { text: kind.title })).isError).toBeFalsy();
      expect(client.destinations).toHaveLength(2);
      await client.close();
    },
  );

  test('answers 401 without a token and to bad ones, with the challenge', async () => {
    const missing = await post(undefined);
    expect([missing.status, reasonOf(missing)]).toEqual([401, 'no_token']);
    expect(challengeOf(missing.headers)).toEqual({
      scope: scopes.join(' '),
      resource_metadata: `${server.url}.well-known/oauth-protected-resource/mcp`,
    });
    const bad = await post(await server.scalekit.mint({ audience: 'res_999' }));
    expect([bad.status, challengeOf(bad.headers).error]).toEqual([401, 'invalid_token']);
    const token = await server.scalekit.mint();
    const twice = await post(undefined, listTools, { authorization: [`Bearer ${token}`, `Bearer ${token}`] });
    expect([400, 401]).toContain(twice.status);
    expect((await send(`${server.endpoint}?access_token=${token}`, { body: listTools })).status).toBe(400);
  });

  test('answers 403 if a scope is missing, and to a foreign Origin or Host', async () => {
    const readOnly = await server.scalekit.mint({ scopes: ['notes:read'] });
    const lacking = await post(readOnly, call('add_note', { text: 'x' }));
    expect([lacking.status, challengeOf(lacking.headers).scope]).toEqual([403, scopes.join(' ')]);
    const foreign = async (headers: Record<string, string>) =>
      reasonOf(await post(readOnly, listTools, headers));
    expect(await foreign({ origin: 'https://evil.example' })).toBe('foreign_origin');
    expect(await foreign({ host: 'evil.example' })).toBe('foreign_host');
  });

  test('lets web pages of this machine in', async () => {
    const origin = 'http://localhost:6274';
    const asked = await fetch(server.endpoint, { method: 'OPTIONS', headers: { origin } });
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    const answer = await post(undefined, listTools, { origin });
    expect(answer.headers['access-control-expose-headers']).toContain('WWW-Authenticate');
  });

  test.each(['GET', 'DELETE', 'PUT'])('answers 405 to %s', async (method) => {
    const { status, headers } = await send(server.endpoint, { method, token: await server.scalekit.mint() });
    expect([status, headers.allow]).toEqual([405, 'POST, OPTIONS']);
  });

  test('accepts a body of 64 KB and no larger one, with or without Content-Length', async () => {
    const token = await server.scalekit.mint();
    expect((await post(token, call('add_note', { text: 'x'.repeat(60_000) }))).status).toBe(200);
    const said = await post(token, call('add_note', { text: 'x'.repeat(70_000) }));
    expect([said.status, reasonOf(said)]).toEqual([413, 'body_size']);
    expect(await sendInPieces(server.endpoint, token, 70)).toBe(413);
    expect((await post(token)).status).toBe(200);
  });

  test.each([
    ['no JSON', '{', 'json'],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]', 'batch'],
    ['nothing', '', 'json'],
  ])('answers 400 to %s', async (_, body, reason) => {
    const answer = await post(await server.scalekit.mint(), body);
    expect([answer.status, reasonOf(answer)]).toEqual([400, reason]);
  });

  test('streams only if the client accepts a stream', async () => {
    const token = await server.scalekit.mint();
    expect((await post(token)).headers['content-type']).toBe('application/json');
    const message = {
      jsonrpc: '2.0',
      id: 1,
      method: 'subscriptions/listen',
      params: {
        notifications: { toolsListChanged: true },
        _meta: envelope,
      },
    };
    const hangUp = new AbortController();
    const stream = await fetch(server.endpoint, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'subscriptions/listen',
      },
      body: JSON.stringify(message),
      signal: hangUp.signal,
    });
    expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const { value } = (await stream.body?.getReader().read()) ?? {};
    expect(new TextDecoder().decode(value)).toContain('data:');
    hangUp.abort();
    expect((await post(token)).status).toBe(200);
  });

  test('answers 503 and never 401 while keys are unavailable', async () => {
    const fresh = await installed.start('main.ts', scopes);
    try {
      fresh.scalekit.fault({ keys: 'down' });
      const answer = await send(fresh.endpoint, { token: await fresh.scalekit.mint(), body: listTools });
      expect([answer.status, reasonOf(answer)]).toEqual([503, 'keys_unavailable']);
      expect(answer.headers['retry-after']).toMatch(/^\d+$/);
      expect((await fetch(`${fresh.url}readyz`)).status).toBe(503);
    } finally {
      await fresh.stop();
    }
  });
});

describe('limits', () => {
  let server: RunningExample;
  beforeAll(async () => {
    server = await installed.start('limited.ts', scopes);
  });
  afterAll(() => server?.stop());

  test('count for each user, in this instance, and the log says so', async () => {
    await server.program.says(/limits_per_instance/);
    const [first, second] = server.scalekit.users.map(({ id }) => id);
    const ask = async (subject = '') =>
      (await send(server.endpoint, { token: await server.scalekit.mint({ subject }), body: listTools }))
        .status;
    const statuses = [];
    for (let i = 0; i < 6; i += 1) statuses.push(await ask(first));
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    expect(await ask(second)).toBe(200);
  });

  test('of refused tokens count for each address that the host’s proxy names', async () => {
    const ask = async (address?: string) => {
      const headers = address === undefined ? {} : { 'x-forwarded-for': address };
      return (await send(server.endpoint, { token: 'bad', headers, body: listTools })).status;
    };
    const statuses = [];
    for (let i = 0; i < 4; i += 1) statuses.push(await ask('192.0.2.1'));
    expect(statuses).toEqual([401, 401, 401, 429]);
    expect(await ask('192.0.2.2')).toBe(401);
    for (let i = 0; i < 5; i += 1) expect(await ask()).toBe(401);
  });

  test('a client that hangs up ends its call', async () => {
    const hangUp = new AbortController();
    const subject = server.scalekit.users[1]?.id ?? '';
    const token = await server.scalekit.mint({ subject });
    const answer = fetch(server.endpoint, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(call('wait')),
      signal: hangUp.signal,
    });
    answer.catch(() => {});
    await server.program.says(/waiting/);
    hangUp.abort();
    await server.program.says(/let go/);
  });
});

test('importing and creating it keeps no process alive', async () => {
  const { code, stdout, stderr } = await installed.evaluate(`
    process.env.SCALEKIT_ENVIRONMENT_URL = 'https://acme.scalekit.dev';
    process.env.SCALEKIT_RESOURCE_ID = 'res_1';
    process.env.MCP_URL = 'https://notes.example/';
    const { handler } = await import('./built/handler.js');
    const { status } = await handler(new Request('https://notes.example/healthz'));
    const listeners = process.eventNames().filter((name) => /^SIG|uncaught|unhandled/.test(String(name)));
    const resources = process.getActiveResourcesInfo().filter((name) => /Timeout|Server|Immediate/.test(name));
    console.log(JSON.stringify({ status, listeners, resources }));
  `);
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toEqual({ status: 200, listeners: [], resources: [] });
});
