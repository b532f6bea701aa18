// Resources, prompts and completion as messages of either era, and what a server refuses to declare.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { connect } from './both-clients.ts';
import { about, app, features, greeting, written } from './declared-features.ts';
import { call, post, prompt, resource, type Started, start, tool } from './support.ts';

let server: Started;
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
beforeAll(async () => {
  server = await start(features);
});
afterAll(() => server.stop());

/** A message of either era. */
const asks = (
  era: '2025' | '2026',
  method: string,
  params: Readonly<Record<string, unknown>>,
  _meta = {},
) => {
  const message = { jsonrpc: '2.0', id: 1, method, params };
  if (era === '2025') return { message: { ...message, params: { ...params, _meta } } };
  const envelope = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const name = params.name ?? params.uri;
  return {
    message: { ...message, params: { ...params, _meta: { ...envelope, ..._meta } } },
    headers: {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(name !== undefined && { 'mcp-name': String(name) }),
    },
  };
};

describe.each(['2025', '2026'] as const)('a client of %s', (era) => {
  const things: ReadonlyArray<readonly [string, Record<string, unknown>]> = [
    ['resources/read', { uri: 'files://a' }],
    ['prompts/get', { name: 'secret', arguments: { word: 'x' } }],
    [
      'completion/complete',
      { ref: { type: 'ref/prompt', name: 'secret' }, argument: { name: 'word', value: 'x' } },
    ],
  ];
  it.each(things)(
    'whose token lacks a scope is told to ask for it and for the base scopes: %s',
    async (method, params) => {
      const token = await server.scalekit.mint({ scopes: ['todo:read'] });
      const answer = await post(server.endpoint, { token, ...asks(era, method, params) });
      expect(answer.status).toBe(403);
      const challenge = answer.headers.get('www-authenticate') ?? '';
      expect(challenge).toContain('scope="todo:read todo:write"');
      expect(challenge).toContain('error="insufficient_scope"');
      expect(await answer.json()).toMatchObject({
        error: { message: 'Insufficient permissions: `todo:write` scope required.' },
      });
    },
  );

  it('gets progress in a stream if it accepts one, and otherwise a single JSON answer', async () => {
    const token = await server.scalekit.mint();
    const { message, headers } = asks(
      era,
      'tools/call',
      { name: 'counting', arguments: {} },
      { progressToken: 'p' },
    );
    const accept = 'application/json, text/event-stream';
    const streamed = await post(server.endpoint, { token, message, headers: { ...headers, accept } });
    expect(streamed.headers.get('content-type')).toBe('text/event-stream');
    const events = (await streamed.text()).split('\n\n').filter(Boolean);
    const messages = events.map((event) => JSON.parse(event.replace(/^event: message\ndata: /, '')));
    expect(messages.map(({ method, id }) => method ?? id)).toEqual([
      ...Array(3).fill('notifications/progress'),
      1,
    ]);
    expect(messages[0].params).toEqual({ progressToken: 'p', progress: 0, total: 2, message: 'Begins' });
    const single = await post(server.endpoint, {
      token,
      message,
      headers: { ...headers, accept: 'application/json' },
    });
    expect(single.headers.get('content-type')).toBe('application/json');
    expect(await single.json()).toMatchObject({ result: { content: [{ text: 'Counted' }] } });
  });

  it('finds its trace and its request in the log', async () => {
    const token = await server.scalekit.mint({ subject: 'usr_1' });
    const inMeta = era === '2026';
    const asked = asks(era, 'tools/call', { name: 'counting', arguments: {} }, inMeta ? { traceparent } : {});
    const headers = { ...asked.headers, ...(!inMeta && { traceparent }) };
    await (await post(server.endpoint, { token, message: asked.message, headers })).text();
    const line = server.log.findLast(({ event }) => event === 'counted');
    expect(line).toEqual({
      level: 'info',
      event: 'counted',
      upTo: 2,
      tool: 'counting',
      requestId: expect.stringMatching(/^[\da-f-]{36}$/),
      traceparent,
    });
    const { requestId } = line ?? {};
    expect(server.log.findLast(({ event }) => event === 'call')).toMatchObject({ requestId, traceparent });
    await (
      await post(server.endpoint, { token, message: call('echo'), headers: { traceparent: 'evil' } })
    ).text();
    expect(server.log.findLast(({ event }) => event === 'call')?.traceparent).toBeUndefined();
  });
});

describe('lists and resources in 2026-07-28', () => {
  it('say how long they may be cached, and by whom', async () => {
    const token = await server.scalekit.mint();
    const ask = async (method: string, params = {}) => {
      const answer = await post(server.endpoint, { token, ...asks('2026', method, params) });
      const { result } = (await answer.json()) as { result: { ttlMs: number; cacheScope: string } };
      return [result.ttlMs, result.cacheScope];
    };
    for (const method of ['tools/list', 'prompts/list', 'resources/templates/list'])
      expect([method, await ask(method)]).toEqual([method, [5000, 'private']]);
    // What templates list belongs to a user, and may change at any time.
    expect(await ask('resources/list')).toEqual([0, 'private']);
    expect(await ask('resources/read', { uri: 'config://app' })).toEqual([60_000, 'public']);
    expect(await ask('resources/read', { uri: 'note://picture' })).toEqual([0, 'private']);
    const legacy = await post(server.endpoint, {
      token,
      ...asks('2025', 'resources/read', { uri: 'config://app' }),
    });
    expect(Object.keys(((await legacy.json()) as { result: object }).result)).toEqual(['contents']);
  });
});

describe('a server', () => {
  it.each([
    ['two resources of one name', { resources: [app, { ...written, listing: app.listing }] }, /same name/],
    ['two resources of one URI', { resources: [app, { ...app, listing: { name: 'other' } }] }, /same URI/],
    ['two prompts of one name', { prompts: [greeting, greeting] }, /same name/],
    ['a scope that is not defined', { resources: [{ ...app, scopes: ['todo:reed'] }] }, /todo:reed/],
  ])('does not start with %s', async (_what, declared, message) => {
    await expect(start({ ...declared })).rejects.toThrow(message);
  });

  it('refuses resources that could never be found', () => {
    const declare = (uri: string) => resource({ uri, name: 'x', scopes: [], read: () => '' });
    expect(() => declare('notes/1')).toThrow(/begins with a scheme/);
    for (const uri of ['x://{a*}', 'x://{a,b}', 'x://{/a}', 'x://{}'])
      expect(() => declare(uri)).toThrow(/read back/);
    expect(() => declare('x://{a}/{a}')).toThrow(/same name/);
    expect(() => resource({ uri: 'x://a', name: 'x', scopes: [], read: () => '', list: () => [] })).toThrow(
      /without variables/,
    );
    const complete = { nope: () => [] } as never;
    expect(() => resource({ uri: 'x://{a}', name: 'x', scopes: [], read: () => '', complete })).toThrow(
      /does not have/,
    );
  });

  it('announces only tools if it has nothing else', async () => {
    const plain = await start();
    try {
      const client = await connect('SDK 2, 2026', plain.endpoint, await plain.scalekit.mint());
      expect(client.inner.getServerCapabilities()).toEqual({ tools: {} });
      await client.close();
    } finally {
      await plain.stop();
    }
  });
});

describe('the types', () => {
  it('refuse what would fail at run time', () => {
    const typed = () => {
      // @ts-expect-error a misspelt scope
      resource({ uri: 'x://a', name: 'x', scopes: ['todo:reed'], read: () => '' });
      // @ts-expect-error a misspelt scope
      prompt({ name: 'x', description: 'x', scopes: ['todo:reed'], run: () => '' });
      // @ts-expect-error a variable that the URI does not have
      resource({ uri: 'x://{id}', name: 'x', scopes: [], read: ({ other }) => other });
      const declared = { name: 'x', description: 'x', scopes: [] };
      const complete = { other: () => [] };
      // @ts-expect-error a variable that the URI does not have
      resource({ ...declared, uri: 'x://{id}', read: ({ id }) => id, complete });
      resource({ uri: 'x://{+a}/{b}{?c,d}', name: 'x', scopes: [], read: ({ a, b, c, d }) => a + b + c + d });
      // @ts-expect-error an argument that the prompt does not have
      prompt({ ...declared, arguments: z.object({ a: z.string() }), complete, run: () => '' });
      // @ts-expect-error no object for the schema
      tool({ ...about('x'), output: z.object({ a: z.number() }), run: () => 'text' });
      // @ts-expect-error no content
      tool({ ...about('x'), run: () => ({ a: 1 }) });
    };
    expect(typed).toBeTypeOf('function');
  });
});
