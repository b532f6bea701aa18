// scalekit-mcp-server/provider in servers that were not generated: the examples of its page, word for word.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, challengeOf, listTools, send } from '../../src/server/testing/index.ts';
import { insufficientPermissions } from '../support/contract.ts';
import { programsOf } from '../support/examples.ts';
import { Installed, type RunningExample } from '../support/installed-server.ts';
import { McpClient, officialClients, scopesAsked } from '../support/mcp-client.ts';
import { toolCall as call } from '../support/messages.ts';

const scopes = ['notes:read', 'notes:write'];
const accept = { accept: 'application/json, text/event-stream' };

/** A server with the middleware of one of the SDK's versions, to test what that middleware cannot do. */
const verifying = (middleware: string) => `
import { requireBearerAuth } from '${middleware}';
import express from 'express';
import { ScalekitProvider } from 'scalekit-mcp-server/provider';
const auth = new ScalekitProvider({
  environmentUrl: process.env.SCALEKIT_ENVIRONMENT_URL ?? '',
  resourceId: process.env.SCALEKIT_RESOURCE_ID ?? '',
  mcpUrl: process.env.MCP_URL ?? '',
  scopes: ['notes:read', 'notes:write'],
});
const app = express();
const resourceMetadataUrl = auth.metadataUrl.href;
app.post('/mcp', requireBearerAuth({ verifier: auth.verifier, resourceMetadataUrl, expectedResource: auth.endpoint }), (req, res) => {
  res.json({ subject: auth.userOf(req.auth).subject, scopes: req.auth?.scopes, clientId: req.auth?.clientId });
});
app.listen(Number(process.env.PORT), () => console.log('listening'));
`;

const withVerifier = {
  'verifier-1.ts': verifying('@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js'),
  'verifier-2.ts': verifying('@modelcontextprotocol/express'),
  'routes.ts': `
import express from 'express';
import { ScalekitProvider, Scopes } from 'scalekit-mcp-server/provider';
const auth = new ScalekitProvider({
  environmentUrl: process.env.SCALEKIT_ENVIRONMENT_URL ?? '',
  resourceId: process.env.SCALEKIT_RESOURCE_ID ?? '',
  mcpUrl: process.env.MCP_URL ?? '',
  scopes: new Scopes(
    { 'notes:read': 'Read', 'notes:write': 'Write' },
    { base: ['notes:read'], implied: { 'notes:write': ['notes:read'] } },
  ),
  onRefused: ({ status, reason }) => console.log('refused', status, reason),
});
// @ts-expect-error: a misspelt scope does not compile.
if (process.env.MISSPELT) auth.requireScopes('notes:raed');
const app = express();
app.get('/export', auth.middleware(), auth.requireScopes('notes:read'), (_req, res) => void res.json({ exported: true }));
app.get('/unguarded', auth.requireScopes('notes:read'), (_req, res) => void res.json({ exported: true }));
app.post('/mcp', auth.middleware(), auth.requireToolScopes({ add_note: ['notes:write'] }), (_req, res) => void res.json({}));
app.listen(Number(process.env.PORT), () => console.log('listening'));
`,
};

let installed: Installed;
beforeAll(async () => {
  const examples = await programsOf('docs/provider.md');
  expect([...examples.keys()]).toEqual(['express.ts', 'hono.ts', 'node-http.ts']);
  const packages = ['@modelcontextprotocol/sdk@1', 'express@5', '@types/express@5', 'zod@4'];
  const current = ['server', 'node', 'express'].map((name) => `@modelcontextprotocol/${name}@2`);
  installed = await Installed.make(
    [...packages, ...current, 'hono@4', '@hono/node-server@2'],
    [...examples, ...Object.entries(withVerifier)],
  );
}, 600_000);
afterAll(() => installed?.remove());

function errorOf({ headers }: Answer): string | undefined {
  return challengeOf(headers).error;
}

describe.each(['express.ts', 'hono.ts', 'node-http.ts'])('%s', (name) => {
  let server: RunningExample;
  const post = (token: string | undefined, body: unknown = listTools) =>
    send(server.endpoint, { headers: accept, body, ...(token !== undefined && { token }) });
  const metadataUrl = () => `${server.url}.well-known/oauth-protected-resource/mcp`;

  beforeAll(async () => {
    server = await installed.start(name, scopes);
  });
  afterAll(() => server?.stop());

  test.each(['', '/mcp'])('has its metadata at the root%s, open to all', async (path) => {
    const { status, headers, json } = await send(`${server.url}.well-known/oauth-protected-resource${path}`);
    expect([status, headers['access-control-allow-origin']]).toEqual([200, '*']);
    expect(json).toMatchObject({
      resource: server.endpoint,
      resource_name: 'Notes',
      authorization_servers: [`${server.scalekit.url}/resources/${server.scalekit.resourceId}`],
      scopes_supported: scopes,
    });
  });

  test('serves Scalekit’s metadata for old clients, for reading only', async () => {
    const url = `${server.url}.well-known/oauth-authorization-server`;
    expect((await send(url)).json).toMatchObject({ issuer: expect.stringContaining(server.scalekit.url) });
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await send(url, { method: 'OPTIONS' })).status).toBe(204);
    expect((await send(url, { method: 'DELETE' })).status).toBe(405);
  });

  test('answers 401 without a token, with where to get one and without an error', async () => {
    const answer = await post(undefined);
    expect([answer.status, answer.json.error.data.reason]).toEqual([401, 'no_token']);
    expect(challengeOf(answer.headers)).toEqual({
      scope: scopes.join(' '),
      resource_metadata: metadataUrl(),
    });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test.each([
    ['another audience', { audience: 'res_999' }, 'token_audience'],
    ['another issuer', { issuer: 'https://evil.example' }, 'token_issuer'],
    ['a time that has passed', { expiresIn: -120 }, 'token_expired'],
    ['a foreign key', { foreignKey: true }, 'token_key_unknown'],
    ['the type of an id token', { header: { typ: 'id+jwt' } }, 'token_type'],
  ])('refuses a token with %s', async (_, options, reason) => {
    const answer = await post(await server.scalekit.mint(options));
    expect([answer.status, answer.json.error.data.reason]).toEqual([401, reason]);
    expect(errorOf(answer)).toBe('invalid_token');
  });

  test('refuses malformed tokens, two tokens, and one in the URL', async () => {
    const token = await server.scalekit.mint();
    expect((await post('garbage')).status).toBe(401);
    expect((await post(`${token} more`)).status).toBe(401);
    const inUrl = await send(`${server.endpoint}?access_token=${token}`, {
      headers: accept,
      body: listTools,
    });
    expect([400, 404]).toContain(inUrl.status);
    expect(inUrl.text).not.toContain(token);
    const twice = { authorization: [`Bearer ${token}`, `Bearer ${token}`] };
    const answer = await send(server.endpoint, { headers: { ...accept, ...twice }, body: listTools });
    expect([400, 401]).toContain(answer.status);
  });

  test('answers 403 to a tool whose scope is missing, with the scopes to ask for', async () => {
    const answer = await post(
      await server.scalekit.mint({ scopes: ['notes:read'] }),
      call('add_note', { text: 'x' }),
    );
    expect(answer.status).toBe(403);
    expect(challengeOf(answer.headers)).toEqual({
      error: 'insufficient_scope',
      error_description: insufficientPermissions('notes:write'),
      scope: 'notes:read notes:write',
      resource_metadata: metadataUrl(),
    });
  });

  test('keeps what belongs to one user from another', async () => {
    const [first, second] = server.scalekit.users.map(({ id }) => id);
    const tokenOf = (subject = '') => server.scalekit.mint({ subject });
    expect((await post(await tokenOf(first), call('add_note', { text: 'mine' }))).status).toBe(200);
    expect((await post(await tokenOf(first), call('list_notes'))).text).toContain('mine');
    expect((await post(await tokenOf(second), call('list_notes'))).text).not.toContain('mine');
  });

  test.each(officialClients)(
    '$title signs in, lists and calls, with more scopes if a tool needs them',
    async (kind) => {
      const client = new McpClient(kind, server.endpoint, { grants: ['notes:read'] });
      await client.connect();
      expect(scopesAsked(client.destinations[0])).toEqual(expect.arrayContaining(scopes));
      expect(await client.toolNames()).toEqual(['list_notes', 'add_note']);
      client.person = {};
      expect(await client.callTool('add_note', { text: kind.title })).toMatchObject({
        content: [{ text: 'Added.' }],
      });
      expect(client.destinations).toHaveLength(2);
      await client.close();
    },
  );

  test('answers 503 and never 401 while keys are unavailable, and then recovers', async () => {
    const fresh = await installed.start(name, scopes);
    try {
      const token = await fresh.scalekit.mint();
      const ask = () => send(fresh.endpoint, { token, headers: accept, body: listTools });
      fresh.scalekit.fault({ keys: 'down' });
      const answer = await ask();
      expect([answer.status, answer.json.error.data.reason]).toEqual([503, 'keys_unavailable']);
      expect(answer.headers['retry-after']).toMatch(/^\d+$/);
      expect(answer.headers['www-authenticate']).toBeUndefined();
      fresh.scalekit.fault({});
      await expect.poll(async () => (await ask()).status, { timeout: 60_000 }).toBe(200);
    } finally {
      await fresh.stop();
    }
  });
});

describe('batches and odd bodies, for SDK 1', () => {
  test('do not get around the scopes of tools', async () => {
    const server = await installed.start('express.ts', scopes);
    try {
      const token = await server.scalekit.mint({ scopes: ['notes:read'] });
      const batch = [call('list_notes'), call('add_note', { text: 'sneaked in' })];
      const answer = await send(server.endpoint, { token, headers: accept, body: batch });
      expect([answer.status, answer.json.error.data.reason]).toEqual([400, 'batch']);
      const unlisted = await send(server.endpoint, { token, headers: accept, body: call('toString') });
      expect([unlisted.status, challengeOf(unlisted.headers).scope]).toEqual([403, scopes.join(' ')]);
      // A body that express.json() leaves unread must not reach the SDK unchecked.
      const added = JSON.stringify(call('add_note', { text: 'sneaked in' }));
      for (const type of ['text/plain', 'text/plain; x=application/json', 'application/json+x']) {
        const headers = { ...accept, 'content-type': type };
        expect((await send(server.endpoint, { token, headers, body: added })).status, type).toBe(415);
      }
      const bare = await send(server.endpoint, { token, headers: accept, body: {} });
      expect([bare.status, bare.json.error.data.reason]).toEqual([400, 'not_a_message']);
      const notes = await send(server.endpoint, { token, headers: accept, body: call('list_notes') });
      expect(notes.text).not.toContain('sneaked in');
    } finally {
      await server.stop();
    }
  });
});

describe.each(['verifier-1.ts', 'verifier-2.ts'])('requireBearerAuth with our verifier (%s)', (name) => {
  let server: RunningExample;
  const post = (token?: string) => send(server.endpoint, { body: {}, ...(token !== undefined && { token }) });
  beforeAll(async () => {
    server = await installed.start(name, scopes);
  });
  afterAll(() => server?.stop());

  test('cannot answer 503 while keys are unavailable', async () => {
    server.scalekit.fault({ keys: 'down' });
    const { status, headers } = await post(await server.scalekit.mint());
    expect([status, headers['retry-after']]).toEqual([500, undefined]);
    server.scalekit.fault({});
    const recovered = async () => (await post(await server.scalekit.mint())).status;
    await expect.poll(recovered, { timeout: 60_000 }).toBe(200);
  });

  test('accepts a good token, and passes on whose it is', async () => {
    const [user] = server.scalekit.users;
    const answer = await post(await server.scalekit.mint({ scopes: ['notes:read'] }));
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ subject: user?.id, scopes: ['notes:read'] });
  });

  test.each([
    ['another audience', { audience: 'res_999' }],
    ['another issuer', { issuer: 'https://evil.example' }],
    ['a time that has passed', { expiresIn: -120 }],
    ['a foreign key', { foreignKey: true }],
  ])('answers 401 to a token with %s', async (_, options) => {
    const answer = await post(await server.scalekit.mint(options));
    expect([answer.status, errorOf(answer)]).toEqual([401, 'invalid_token']);
    expect(challengeOf(answer.headers).resource_metadata).toContain('oauth-protected-resource');
  });

  test('differs from ours as the page says', async () => {
    const missing = await post();
    expect([missing.status, errorOf(missing)]).toEqual([401, 'invalid_token']);
    expect(challengeOf(missing.headers).scope).toBeUndefined();
    expect((await post(`${await server.scalekit.mint()} something`)).status).toBe(200);
    expect((await post(await server.scalekit.mint({ expiresIn: -5 }))).status).toBe(401);
  });
});

describe('routes of Express', () => {
  let server: RunningExample;
  const get = (path: string, token?: string) =>
    send(new URL(path, server.url).href, token === undefined ? {} : { token });
  beforeAll(async () => {
    server = await installed.start('routes.ts', scopes);
  });
  afterAll(() => server?.stop());

  test('demand scopes; a scope that implies another is enough', async () => {
    const token = (granted: readonly string[]) => server.scalekit.mint({ scopes: granted });
    expect((await get('export', await token(['notes:read']))).status).toBe(200);
    expect((await get('export', await token(['notes:write']))).status).toBe(200);
    const refused = await get('export', await token([]));
    expect([refused.status, challengeOf(refused.headers).scope]).toEqual([403, 'notes:read']);
    await server.program.says(/refused 403 insufficient_scope/);
  });

  test('accept a token that has just expired, because clocks differ', async () => {
    expect((await get('export', await server.scalekit.mint({ expiresIn: -5 }))).status).toBe(200);
  });

  test('refuse everybody if the token was not verified before', async () => {
    expect((await get('unguarded', await server.scalekit.mint())).status).toBe(403);
  });

  test('report an error if the body of a call was not parsed before', async () => {
    const answer = await send(server.endpoint, { token: await server.scalekit.mint(), body: listTools });
    expect(answer.status).toBe(500);
    expect(answer.json.error.message).toContain('put express.json() before it');
    await server.program.says(/refused 500 body_not_parsed/);
  });
});

describe('importing it', () => {
  test('needs neither an SDK nor zod, and starts nothing that keeps a process alive', async () => {
    const { code, stdout, stderr } = await installed.evaluateBeside(
      ['scalekit-mcp-server', 'jose', 'rate-limiter-flexible'],
      `
      import { ScalekitProvider } from 'scalekit-mcp-server/provider';
      const auth = new ScalekitProvider({
        environmentUrl: 'https://acme.scalekit.dev',
        resourceId: 'res_1',
        mcpUrl: 'https://mcp.example.com/',
        scopes: ['notes:read'],
      });
      console.log(JSON.stringify({
        refused: (await auth.authenticate(new Request(auth.endpoint))).status,
        resources: process.getActiveResourcesInfo().filter((name) => /Timeout|Server|Immediate/.test(name)),
        listeners: process.eventNames().filter((name) => /^SIG|uncaught|unhandled/.test(String(name))),
      }));`,
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({ refused: 401, resources: [], listeners: [] });
  });

  test('its verifier works with SDK 2 alone: a bad token is that SDK’s own error', async () => {
    const { code, stdout, stderr } = await installed.evaluateBeside(
      [
        ...['scalekit-mcp-server', 'jose', 'rate-limiter-flexible', 'zod'],
        ...['@modelcontextprotocol/server', '@modelcontextprotocol/core'],
      ],
      `
      import { OAuthError } from '@modelcontextprotocol/server';
      import { ScalekitProvider } from 'scalekit-mcp-server/provider';
      const auth = new ScalekitProvider({
        environmentUrl: 'https://acme.scalekit.dev',
        resourceId: 'res_1',
        mcpUrl: 'https://mcp.example.com/',
        scopes: ['notes:read'],
      });
      const error = await auth.verifier.verifyAccessToken('garbage').catch((thrown) => thrown);
      console.log(error instanceof OAuthError, error.code, error.message);`,
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trim()).toBe('true invalid_token The access token is malformed');
  });

  test('says which option is wrong, its value and what is expected', async () => {
    const { stderr } = await installed.evaluate(`
      import { ScalekitProvider } from 'scalekit-mcp-server/provider';
      new ScalekitProvider({ environmentUrl: 'acme', resourceId: 'res_1', mcpUrl: 'https://mcp.example.com/', scopes: ['a'] });
    `);
    expect(stderr).toMatch(/environmentUrl is `acme`: .*Expected: https:\/\//);
  });
});
