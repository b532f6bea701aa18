// Public tools of servers that exist already, guarded by `scalekit-mcp-server/provider`: what is open without a token, and
// that nothing else is.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer as PreviousServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import type { GuardedRequest } from '../../src/server/guards.ts';
import { ScalekitProvider } from '../../src/server/provider.ts';
import { challengeOf, freeMcpUrl, send } from '../../src/server/testing/index.ts';
import { envelopeOf } from '../support/messages.ts';
import { call } from './support.ts';

/** Records who has called what. */
let ran: string[] = [];
beforeEach(() => {
  ran = [];
});

type Whom = { extra?: unknown; scopes?: readonly string[] } | undefined;
const publicTools = { public: ['search'] };
/** `list_notes` needs a token and no scope, so that nothing but the guard in front protects it. */
const needed: Readonly<Record<string, readonly string[]>> = {
  search: [],
  list_notes: [],
  add_note: ['notes:write'],
};

/** @returns what runs for a tool: for whom, or for nobody. */
const runs = (name: string, whom: (context: never) => Whom) => (_args: unknown, context: unknown) => {
  const authInfo = whom(context as never);
  ran.push(`${name} for ${authInfo ? 'a user' : 'nobody'}`);
  return { content: [{ type: 'text' as const, text: name }] };
};

/** SDK 1 behind a parser of bodies and `middleware()`, as with Express. */
function ofPrevious(auth: ScalekitProvider) {
  const guard = auth.middleware(publicTools);
  const tools = auth.requireToolScopes(needed);
  return createServer(async (req: GuardedRequest, res) => {
    const parts: Buffer[] = [];
    for await (const part of req) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString();
    const isJson = req.headers['content-type']?.startsWith('application/json');
    try {
      if (isJson) req.body = JSON.parse(text);
    } catch {
      return void res.writeHead(400).end();
    }
    await guard(req, res, () =>
      tools(req, res, async () => {
        const server = new PreviousServer({ name: 'x', version: '1' });
        for (const name of Object.keys(needed))
          server.registerTool(
            name,
            { inputSchema: { a: z.string().optional() } },
            runs(name, ({ authInfo }: { authInfo: Whom }) => authInfo),
          );
        const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
        res.on('close', () => void server.close());
        await server.connect(transport as never);
        await transport.handleRequest(req as never, res, req.body);
      }),
    );
  });
}

/** SDK 2 behind `authenticateUnlessPublic()`, as with Hono. */
function ofCurrent(auth: ScalekitProvider) {
  const mcp = createMcpHandler(() => {
    const server = new McpServer({ name: 'x', version: '1' });
    for (const [name, [scope]] of Object.entries(needed))
      server.registerTool(
        name,
        {
          inputSchema: z.object({ a: z.string().optional() }),
          ...(scope && { scopeChallenge: auth.requireScopes(scope) }),
        },
        runs(name, ({ http }: { http?: { authInfo?: Whom } }) => http?.authInfo),
      );
    return server;
  });
  const answer = async (request: Request) => {
    const parsedBody: unknown = await request.json().catch(() => null);
    const authInfo = await auth.authenticateUnlessPublic(request, parsedBody, publicTools);
    if (authInfo instanceof Response) return authInfo;
    return await mcp.fetch(request, { ...(authInfo && { authInfo }), parsedBody });
  };
  return createServer(async (req, res) => {
    const parts: Buffer[] = [];
    for await (const part of req) parts.push(part as Buffer);
    const headers = Object.entries(req.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    );
    const url = new URL(req.url ?? '/', auth.endpoint);
    const body = req.method === 'POST' ? Buffer.concat(parts) : null;
    const response = await answer(new Request(url, { method: req.method ?? 'GET', headers, body }));
    res.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  });
}

let scalekit: Emulator;
let auth: ScalekitProvider;
beforeAll(async () => {
  const mcpUrl = await freeMcpUrl();
  const scopes = ['notes:read', 'notes:write'];
  scalekit = await startEmulator({ mcpUrl, scopes });
  auth = new ScalekitProvider({
    environmentUrl: scalekit.url,
    resourceId: scalekit.resourceId,
    mcpUrl,
    scopes,
  });
});
afterAll(() => scalekit.close());

const accept = { accept: 'application/json, text/event-stream' };
const message = (method: string, params: object = {}) => ({ jsonrpc: '2.0', id: 1, method, params });
const hello = message('initialize', {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'x', version: '1' },
});

describe.each([
  ['SDK 1, middleware()', ofPrevious],
  ['SDK 2, authenticateUnlessPublic()', ofCurrent],
] as const)('%s', (_title, create) => {
  let server: ReturnType<typeof createServer>;
  let url: string;
  beforeAll(async () => {
    server = create(auth);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const ask = (body: unknown, more: { token?: string; headers?: Record<string, string | string[]> } = {}) =>
    send(url, { body, ...more, headers: { ...accept, ...more.headers } });

  it('lets anybody connect, list, and call what is public', async () => {
    for (const body of [hello, message('ping'), message('tools/list'), call('search')])
      expect((await ask(body)).status, body.method).toBe(200);
    const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };
    expect((await ask(initialized)).status).toBe(202);
    expect(ran).toEqual(['search for nobody']);
  });

  it('knows who calls where there is a token, and asks for scopes as before', async () => {
    const token = await scalekit.mint({ scopes: ['notes:read'] });
    for (const name of ['search', 'list_notes']) expect((await ask(call(name), { token })).status).toBe(200);
    expect((await ask(call('add_note'), { token })).status).toBe(403);
    expect(ran).toEqual(['search for a user', 'list_notes for a user']);
  });

  it('sends everybody else to sign in: 401 with the challenge, and no error', async () => {
    for (const body of [
      call('list_notes'),
      call('nothing'),
      message('resources/list'),
      message('resources/read', { uri: 'note://1' }),
      message('prompts/list'),
      message('prompts/get', { name: 'search' }),
      message('completion/complete'),
      message('subscriptions/listen', { _meta: envelopeOf('x') }),
      message('tasks/list'),
      message('logging/setLevel', { level: 'debug' }),
      { jsonrpc: '2.0', method: 'notifications/roots/list_changed' },
      { jsonrpc: '2.0', id: 1, result: { action: 'accept' } },
    ]) {
      const answer = await ask(body);
      expect(answer.status, JSON.stringify(body)).toBe(401);
      expect(challengeOf(answer.headers)).toMatchObject({ scope: 'notes:read notes:write' });
      expect(challengeOf(answer.headers).error).toBeUndefined();
    }
  });

  it('refuses a bad token, for a public tool too', async () => {
    for (const token of ['garbage', await scalekit.mint({ expiresIn: -120 })])
      expect((await ask(call('search'), { token })).status).toBe(401);
    for (const authorization of ['', 'Bearer', 'Basic eDp5', 'Bearer  '])
      expect((await ask(call('search'), { headers: { authorization } })).status, authorization).toBe(401);
    expect((await send(`${url}?access_token=x`, { body: call('search'), headers: accept })).status).toBe(400);
    expect(ran).toEqual([]);
  });

  it('has no stream for a client without a token, and says so in the way that keeps it going', async () => {
    const { status, headers } = await send(url, { method: 'GET', headers: accept });
    expect([status, headers.allow]).toEqual([405, 'POST']);
    expect((await send(url, { method: 'DELETE', headers: accept })).status).toBe(401);
  });

  const secret = '"params":{"name":"list_notes","arguments":{}}';
  const open = '"params":{"name":"search","arguments":{}}';
  const start = '"jsonrpc":"2.0","id":1';
  it.each([
    ['a batch', JSON.stringify([call('search'), call('list_notes')])],
    ['a batch of one', JSON.stringify([call('list_notes')])],
    ['the method twice', `{${start},"method":"tools/list","method":"tools/call",${secret}}`],
    [
      'the method twice, the open one last',
      `{${start},"method":"tools/call","method":"tools/list",${secret}}`,
    ],
    ['the parameters twice', `{${start},"method":"tools/call",${open},${secret}}`],
    ['the parameters twice, the open ones last', `{${start},"method":"tools/call",${secret},${open}}`],
    ['the name twice', `{${start},"method":"tools/call","params":{"name":"search","name":"list_notes"}}`],
    ['the name in another case', `{${start},"method":"tools/call","params":{"name":"SEARCH"}}`],
    ['a name that looks the same', `{${start},"method":"tools/call","params":{"name":"se\u0430rch"}}`],
    ['a name with a mark', `{${start},"method":"tools/call","params":{"name":"search\u0000list_notes"}}`],
    ['a list for a name', `{${start},"method":"tools/call","params":{"name":["search"]}}`],
    ['an object for a name', `{${start},"method":"tools/call","params":{"name":{"toString":"search"}}}`],
    ['the method in another case', `{${start},"method":"Tools/Call",${secret}}`],
    ['the method with white space', `{${start},"method":"tools/call ",${secret}}`],
    ['the method in wide letters', `{${start},"method":"ｔools/call",${secret}}`],
    ['the method escaped', `{${start},"method":"tools\\/call",${secret}}`],
    ['another method', `{${start},"method":"tools/list",${secret}}`],
    ['a prototype', `{${start},"__proto__":{"method":"ping"},"method":"tools/call",${secret}}`],
    ['a prototype alone', `{"__proto__":{${start},"method":"tools/call",${open}}}`],
    ['a constructor', `{${start},"method":"tools/call","params":{"name":"constructor"}}`],
    [
      'parameters in a prototype',
      `{${start},"method":"tools/call","params":{"__proto__":{"name":"search"}}}`,
    ],
    [
      'a message in a message',
      `{${start},"method":"ping","params":{"message":{${start},"method":"tools/call",${secret}}}}`,
    ],
  ])('%s leads nowhere', async (_name, body) => {
    await ask(body);
    expect(ran.filter((each) => each !== 'search for nobody')).toEqual([]);
  });

  it.each([
    'text/plain',
    'application/json+x',
    'text/plain; x=application/json',
    'multipart/form-data; boundary=x',
    '',
  ])('a body of type %s is not read', async (type) => {
    for (const body of [call('search'), call('list_notes')]) {
      const { status } = await ask(JSON.stringify(body), { headers: { 'content-type': type } });
      expect([400, 401, 415]).toContain(status);
    }
    expect(ran).toEqual([]);
  });

  it('headers of 2026-07-28 that say something else lead nowhere', async () => {
    const params = { name: 'list_notes', arguments: {}, _meta: envelopeOf('attack') };
    for (const headers of [
      { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'search' },
      { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list', 'mcp-name': 'list_notes' },
      { 'x-http-method-override': 'GET', 'mcp-session-id': 'x' },
    ])
      expect((await ask(message('tools/call', params), { headers })).status).toBe(401);
    expect(ran).toEqual([]);
  });

  it('no message without a token reaches a protected tool', async () => {
    const word = fc.constantFrom(
      'tools/call',
      'tools/list',
      'initialize',
      'search',
      'list_notes',
      'add_note',
      '2.0',
      '',
    );
    const key = fc.constantFrom(
      'jsonrpc',
      'id',
      'method',
      'params',
      'name',
      'arguments',
      '_meta',
      '__proto__',
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        word,
        fc.integer(),
        tie('object'),
        tie('list'),
      ),
      object: fc.dictionary(key, tie('tree'), { maxKeys: 6 }),
      list: fc.array(tie('tree'), { maxLength: 3 }),
    }));
    const property = fc.asyncProperty(tree, tree, async (method, params) => {
      await ask(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
      return ran.every((each) => each === 'search for nobody');
    });
    await fc.assert(property, { numRuns: 200 });
  });
});

describe('a body that was not parsed', () => {
  it('is refused, and not handed on, whatever `next` does with errors', async () => {
    const guard = auth.middleware(publicTools);
    let isPassed = false;
    const server = createServer((req, res) => {
      void guard(req, res, () => {
        isPassed = true;
        res.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
    const { status, json } = await send(url, { body: call('search') });
    expect([status, json.error.data.reason, isPassed]).toEqual([500, 'body_not_parsed', false]);
    expect(json.error.message).toContain('put express.json() before it');
    server.close();
  });
});
