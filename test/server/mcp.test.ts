import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Tool } from '../../src/server/tool.ts';
import { envelope } from '../support/messages.ts';
import { call, post, type Started, start, tool } from './support.ts';

let server: Started;
let token: string;
beforeAll(async () => {
  server = await start();
  token = await server.scalekit.mint();
});
afterAll(() => server.stop());

const modern = (name: unknown, args: unknown, more: object = {}) => ({
  jsonrpc: '2.0',
  id: 7,
  method: 'tools/call',
  params: { name, arguments: args, _meta: envelope, ...more },
});
const headersFor = (name: string) => ({
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': name,
});
/** The same name, encoded so that the fast path leaves it to the SDK's own handler. */
const encoded = (name: string) => `=?base64?${Buffer.from(name).toString('base64')}?=`;

const calls: Record<string, object> = {
  'a good call': modern('echo', { text: 'x' }),
  'a call without arguments': modern('echo', undefined),
  'a call with wrong arguments': modern('echo', { text: 1 }),
  'an argument that is no object': modern('echo', 'text'),
  'a call that fails for the caller': modern('echo', { text: 'told' }),
  'a tool that does not exist': modern('nope', {}),
  'a tool of every object': modern('constructor', {}),
  'an envelope without capabilities': {
    ...modern('echo', {}),
    params: { name: 'echo', _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } },
  },
  'an envelope with wrong capabilities': modern(
    'echo',
    {},
    {
      _meta: { ...envelope, 'io.modelcontextprotocol/clientCapabilities': 'all' },
    },
  ),
  'an envelope with more in it': modern(
    'echo',
    {},
    { _meta: { ...envelope, progressToken: 1, 'x.example/y': {} } },
  ),
  'a call with an unknown member': modern('echo', {}, { task: { ttl: 1 } }),
  'a text for an id': { ...modern('echo', {}), id: 'seven' },
  'a call with answers to questions that nobody asked': modern(
    'echo',
    {},
    {
      requestState: 'x',
      inputResponses: { a: { action: 'accept' } },
    },
  ),
};

describe("a plain call of 2026-07-28 gets the answer of the SDK's own handler:", () => {
  it.each(Object.entries(calls))('%s', async (_name, message) => {
    const name = String((message as { params: { name: string } }).params.name);
    const [plain, sdk] = await Promise.all([
      post(server.endpoint, { token, headers: headersFor(name), message }),
      post(server.endpoint, { token, headers: headersFor(encoded(name)), message }),
    ]);
    expect({ status: plain.status, body: await plain.json() }).toEqual({
      status: sdk.status,
      body: await sdk.json(),
    });
  });

  it('a call without its scope', async () => {
    const noScope = await server.scalekit.mint({ scopes: [] });
    const message = modern('echo', {});
    const [plain, sdk] = await Promise.all([
      post(server.endpoint, { token: noScope, headers: headersFor('echo'), message }),
      post(server.endpoint, { token: noScope, headers: headersFor(encoded('echo')), message }),
    ]);
    expect(plain.status).toBe(403);
    expect(sdk.status).toBe(403);
    expect(plain.headers.get('www-authenticate')).toBe(sdk.headers.get('www-authenticate'));
    const data = { reason: 'insufficient_scope', requestId: expect.any(String) };
    for (const answer of [plain, sdk]) expect(await answer.json()).toMatchObject({ id: 7, error: { data } });
  });
});

describe('headers of 2026-07-28', () => {
  const wrong: Record<string, Record<string, string>> = {
    'another method': { ...headersFor('echo'), 'mcp-method': 'tools/list' },
    'another name': headersFor('other'),
    'another version': { ...headersFor('echo'), 'mcp-protocol-version': '2025-11-25' },
    'no method': { 'mcp-protocol-version': '2026-07-28', 'mcp-name': 'echo' },
    'no version': { 'mcp-method': 'tools/call', 'mcp-name': 'echo' },
  };
  it.each(Object.entries(wrong))('that do not match the body are refused: %s', async (_name, headers) => {
    const answer = await post(server.endpoint, { token, headers, message: modern('echo', {}) });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: -32020 } });
  });
});

describe('messages of 2025', () => {
  const legacy = (message: object, headers?: Record<string, string>) =>
    post(server.endpoint, { token, message: { jsonrpc: '2.0', ...message }, ...(headers && { headers }) });

  it.each(['2025-11-25', '2025-06-18', '2025-03-26'])(
    'initialize with %s, and are served',
    async (version) => {
      const params = { protocolVersion: version, capabilities: {}, clientInfo: { name: 'x', version: '1' } };
      const started = await legacy({ id: 1, method: 'initialize', params });
      expect(await started.json()).toMatchObject({ result: { protocolVersion: version } });
      const initialized = await legacy({ method: 'notifications/initialized' });
      expect([initialized.status, await initialized.text()]).toEqual([202, '']);
      const listed = await legacy({ id: 2, method: 'tools/list' }, { 'mcp-protocol-version': version });
      expect(await listed.json()).toMatchObject({ id: 2, result: { tools: [{ name: 'echo' }] } });
    },
  );

  it('of an unknown version are refused', async () => {
    const answer = await legacy({ id: 2, method: 'tools/list' }, { 'mcp-protocol-version': '2024-01-01' });
    expect(answer.status).toBe(400);
  });

  it('for unknown methods get an error', async () => {
    expect(await (await legacy({ id: 1, method: 'resources/list' })).json()).toMatchObject({
      error: { code: -32601 },
    });
  });
});

describe('a tool', () => {
  const run = async (args: object) => {
    const answer = await post(server.endpoint, { token, message: call('echo', args) });
    return ((await answer.json()) as { result: { isError?: boolean; content: [{ text: string }] } }).result;
  };

  it('answers with an object and the same as text, without members that its schema does not name', async () => {
    expect(await run({ text: 'x' })).toEqual({
      content: [{ type: 'text', text: '{"text":"x"}' }],
      structuredContent: { text: 'x' },
    });
  });

  it('tells the caller errors that are meant for the caller', async () => {
    expect(await run({ text: 'told' })).toEqual({
      isError: true,
      content: [{ type: 'text', text: '{"error":"This is for the caller."}' }],
    });
  });

  it('logs internal errors and does not show them', async () => {
    const { isError, content } = await run({ text: 'broken' });
    const line = server.log.find(({ event }) => event === 'tool_failed');
    expect(isError).toBe(true);
    expect(content[0].text).toBe(`{"error":"Internal error (request ${line?.requestId})"}`);
    expect(line).toMatchObject({ level: 'error', tool: 'echo', message: 'The password is hunter2' });
    expect(line?.stack).toContain('support.ts');
  });

  it('logs what was thrown even if it is not an Error', async () => {
    expect((await run({ text: 'odd' })).isError).toBe(true);
    expect(server.log.findLast(({ event }) => event === 'tool_failed')).toMatchObject({ tool: 'echo' });
  });
});

describe('a server', () => {
  it('does not start with two tools of one name', async () => {
    const { echo } = await import('./support.ts');
    await expect(start({ tools: [echo, echo] })).rejects.toThrow('Two tools have the same name');
  });

  it('answers below the path of MCP_URL', async () => {
    const deep = await start({ path: '/base/' });
    try {
      expect(deep.endpoint).toBe(`${deep.url}mcp`);
      const refused = await post(deep.endpoint, { message: call('echo') });
      const [, metadataUrl = ''] =
        /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '') ?? [];
      expect(new URL(metadataUrl).pathname).toBe('/.well-known/oauth-protected-resource/base/mcp');
      expect(await (await fetch(metadataUrl)).json()).toMatchObject({ resource: deep.endpoint });
      const good = await post(deep.endpoint, { token: await deep.scalekit.mint(), message: call('echo') });
      expect(good.status).toBe(200);
      expect((await fetch(new URL('/other/mcp', deep.url))).status).toBe(404);
      for (const path of ['/healthz', '/base/healthz', '/readyz', '/base/readyz']) {
        expect((await fetch(new URL(path, deep.url))).status).toBe(200);
      }
    } finally {
      await deep.stop();
    }
  });
});

describe('wrong arguments', () => {
  it('get a short explanation, however many there are', async () => {
    const many = tool({
      name: 'many',
      title: 'Many',
      description: 'Takes many.',
      scopes: [],
      input: z.object({ list: z.array(z.number()) }),
      output: z.object({}),
      annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
      run: () => ({}),
    });
    const caller = {} as Parameters<Tool['call']>[1];
    const { isError, content } = await many.call({ list: Array(50_000).fill('x') }, caller);
    expect(isError).toBe(true);
    expect(JSON.stringify(content).length).toBeLessThan(2000);
  });
});
