// What a server has besides tools that answer one object: content of every kind, resources, prompts, progress, a log.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { audio, embedded, image, resourceLink, ToolError, withContent } from '../../src/server/index.ts';
import { type AnyClient, connect, type Generation, generations, type Reported } from './both-clients.ts';
import { call, echo, post, prompt, resource, type Started, start, tool } from './support.ts';

const bytes = new Uint8Array([0, 1, 254, 255]);
const blob = Buffer.from(bytes).toString('base64');
const nothing = z.object({});
const about = (name: string) => ({
  name,
  title: name,
  description: name,
  scopes: ['todo:read'] as const,
  input: nothing,
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false } as const,
});

const kinds = tool({
  ...about('kinds'),
  run: () => [
    'Words',
    image(bytes, 'image/png'),
    audio(blob, 'audio/wav'),
    resourceLink({ uri: 'note://1', name: 'The note' }),
    embedded({ uri: 'note://1', mimeType: 'text/markdown', text: '# Note' }),
    embedded({ uri: 'note://2', bytes }),
  ],
});
const words = tool({ ...about('words'), run: () => 'Only words' });
const both = tool({
  ...about('both'),
  output: z.object({ open: z.number() }),
  run: () =>
    withContent(
      { open: 3, secret: 'not in the schema' } as { open: number },
      'Three',
      image(bytes, 'image/png'),
    ),
});
const counting = tool({
  ...about('counting'),
  async run(_args, { progress, log }) {
    progress(0, 2, 'Begins');
    log('info', 'counted', { upTo: 2, tool: 'another' });
    await new Promise((resolve) => setTimeout(resolve, 40));
    progress(1, 2);
    // Neither of these grows.
    progress(1, 2);
    progress(0, 2);
    progress(2, 2, 'Ends');
    return 'Counted';
  },
});

const owners = { usr_1: ['a', 'b c'], usr_2: ['z'] } as Record<string, readonly string[]>;
const app = resource({
  uri: 'config://app',
  name: 'app',
  title: 'Settings',
  mimeType: 'application/json',
  scopes: ['todo:read'],
  cache: { ttlMs: 60_000, cacheScope: 'public' },
  read: (_variables, { user }) => JSON.stringify({ of: user.subject }),
});
const note = resource({
  uri: 'note://{id}',
  name: 'note',
  title: 'A note',
  description: 'Of its owner',
  scopes: ['todo:read'],
  read({ id }, { user }) {
    if (id === 'told') throw new ToolError('This note is locked.');
    if (id === 'broken') throw new Error('The password is hunter2');
    if (id === 'picture') return bytes;
    if (id === 'parts') return [{ text: 'one' }, { uri: 'note://parts/2', mimeType: 'image/png', bytes }];
    return owners[user.subject]?.includes(id) ? `The note ${id}` : undefined;
  },
  list: ({ user }) => (owners[user.subject] ?? []).map((id) => ({ variables: { id }, name: id })),
  complete: {
    id: (typed, { user }) => (owners[user.subject] ?? []).filter((id) => id.startsWith(typed)),
  },
});
const written = resource({
  uri: 'files://{+path}',
  name: 'file',
  scopes: ['todo:write'],
  read: ({ path }) => path,
  list: () => [{ variables: { path: 'of/somebody' }, name: 'secret' }],
  complete: { path: () => ['secret'] },
});
const greeting = prompt({
  name: 'greeting',
  title: 'Greet',
  description: 'Greets somebody.',
  scopes: ['todo:read'],
  arguments: z.object({ who: z.string().max(5).describe('A name'), times: z.coerce.number().optional() }),
  complete: { who: (typed, _call, { times }) => [`${typed}ob`, String(times)] },
  run: ({ who, times = 1 }, { user }) => [
    `Greet ${who} ${times + 1} times for ${user.subject}`,
    { role: 'assistant', content: 'Hello' },
    image(bytes, 'image/png'),
  ],
});
const secretPrompt = prompt({
  name: 'secret',
  description: 'Needs more.',
  scopes: ['todo:write'],
  arguments: z.object({ word: z.string() }),
  complete: { word: () => ['secret'] },
  run: () => 'secret',
});

let server: Started;
const clients = new Map<Generation, AnyClient>();
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
beforeAll(async () => {
  server = await start({
    tools: [echo, kinds, words, both, counting],
    resources: [app, note, written],
    prompts: [greeting, secretPrompt],
  });
  const token = await server.scalekit.mint({ subject: 'usr_1', scopes: ['todo:read'] });
  for (const generation of generations)
    clients.set(generation, await connect(generation, server.endpoint, token));
});
afterAll(async () => {
  await Promise.all([...clients.values()].map((client) => client.close()));
  await server.stop();
});

/** How a list shows the required scopes. */
const needs = (scope: string) => ({ _meta: { securitySchemes: [{ type: 'oauth2', scopes: [scope] }] } });

describe.each(generations)('the official client (%s)', (generation) => {
  const client = () => clients.get(generation) as AnyClient;
  const api = () => client().inner;

  it('gets content of every kind from a tool without an output schema', async () => {
    const { content, structuredContent } = await client().call('kinds');
    expect(structuredContent).toBeUndefined();
    expect(content).toEqual([
      { type: 'text', text: 'Words' },
      { type: 'image', data: blob, mimeType: 'image/png' },
      { type: 'audio', data: blob, mimeType: 'audio/wav' },
      { type: 'resource_link', uri: 'note://1', name: 'The note' },
      { type: 'resource', resource: { uri: 'note://1', mimeType: 'text/markdown', text: '# Note' } },
      { type: 'resource', resource: { uri: 'note://2', blob } },
    ]);
    expect((await client().call('words')).content).toEqual([{ type: 'text', text: 'Only words' }]);
  });

  it('gets content beside structured data, without members that the schema does not name', async () => {
    expect(await client().call('both')).toMatchObject({
      structuredContent: { open: 3 },
      content: [
        { type: 'text', text: '{"open":3}' },
        { type: 'text', text: 'Three' },
        { type: 'image', data: blob },
      ],
    });
  });

  it('lists and reads resources, its own and no others', async () => {
    const { resources } = await api().listResources();
    expect(resources).toEqual([
      {
        uri: 'config://app',
        name: 'app',
        title: 'Settings',
        mimeType: 'application/json',
        ...needs('todo:read'),
      },
      { uri: 'note://a', name: 'a', title: 'A note', description: 'Of its owner' },
      { uri: 'note://b%20c', name: 'b c', title: 'A note', description: 'Of its owner' },
    ]);
    const { resourceTemplates } = await api().listResourceTemplates();
    expect(resourceTemplates).toMatchObject([
      { uriTemplate: 'note://{id}', name: 'note', ...needs('todo:read') },
      { uriTemplate: 'files://{+path}', name: 'file' },
    ]);
    const read = async (uri: string) => (await api().readResource({ uri })).contents;
    expect(await read('config://app')).toEqual([
      { uri: 'config://app', mimeType: 'application/json', text: '{"of":"usr_1"}' },
    ]);
    expect(await read('note://b%20c')).toEqual([
      { uri: 'note://b%20c', mimeType: 'text/plain', text: 'The note b c' },
    ]);
    expect(await read('note://picture')).toEqual([
      { uri: 'note://picture', mimeType: 'application/octet-stream', blob },
    ]);
    expect(await read('note://parts')).toEqual([
      { uri: 'note://parts', mimeType: 'text/plain', text: 'one' },
      { uri: 'note://parts/2', mimeType: 'image/png', blob },
    ]);
  });

  it('gets errors for missing things and errors meant for the caller, but no internal ones', async () => {
    const read = (uri: string) => api().readResource({ uri });
    for (const uri of ['note://z', 'note://', 'note://a/b', 'note://%', 'nothing://x', 'config://app?x'])
      await expect(read(uri)).rejects.toMatchObject({ code: -32_602, data: { uri } });
    await expect(read('note://told')).rejects.toMatchObject({
      code: -32_602,
      message: expect.stringContaining('This note is locked.'),
    });
    await expect(read('note://broken')).rejects.toMatchObject({
      code: -32_603,
      message: expect.stringMatching(/Internal error \(request [\da-f-]{36}\)$/),
    });
    expect(server.log.findLast(({ event }) => event === 'resource_failed')).toMatchObject({
      level: 'error',
      resource: 'note',
      message: 'The password is hunter2',
    });
  });

  it('lists and gets prompts', async () => {
    const { prompts } = await api().listPrompts();
    expect(prompts).toEqual([
      {
        name: 'greeting',
        title: 'Greet',
        description: 'Greets somebody.',
        arguments: [
          { name: 'who', description: 'A name', required: true },
          { name: 'times', required: false },
        ],
        ...needs('todo:read'),
      },
      {
        name: 'secret',
        description: 'Needs more.',
        arguments: [{ name: 'word', required: true }],
        ...needs('todo:write'),
      },
    ]);
    const got = await api().getPrompt({ name: 'greeting', arguments: { who: 'Bob', times: '2' } });
    expect(got).toMatchObject({
      description: 'Greets somebody.',
      messages: [
        { role: 'user', content: { type: 'text', text: 'Greet Bob 3 times for usr_1' } },
        { role: 'assistant', content: { type: 'text', text: 'Hello' } },
        { role: 'user', content: { type: 'image', data: blob } },
      ],
    });
    const wrong = api().getPrompt({ name: 'greeting', arguments: { who: 'too long' } });
    await expect(wrong).rejects.toMatchObject({ code: -32_602, message: expect.stringContaining('who:') });
    await expect(api().getPrompt({ name: 'nope' })).rejects.toMatchObject({ code: -32_602 });
  });

  it('gets suggestions, which the capabilities announce', async () => {
    expect(api().getServerCapabilities()).toEqual({ tools: {}, resources: {}, prompts: {}, completions: {} });
    const complete = async (ref: Parameters<ReturnType<typeof api>['complete']>[0]['ref'], name: string) =>
      (await api().complete({ ref, argument: { name, value: 'b' }, context: { arguments: { times: '4' } } }))
        .completion;
    expect(await complete({ type: 'ref/resource', uri: 'note://{id}' }, 'id')).toMatchObject({
      values: ['b c'],
      total: 1,
      hasMore: false,
    });
    const greets = { type: 'ref/prompt', name: 'greeting' } as const;
    expect((await complete(greets, 'who')).values).toEqual(['bob', '4']);
    expect((await complete(greets, 'times')).values).toEqual([]);
    expect((await complete({ type: 'ref/resource', uri: 'config://app' }, 'x')).values).toEqual([]);
    await expect(complete({ type: 'ref/prompt', name: 'nope' }, 'x')).rejects.toMatchObject({
      code: -32_602,
    });
  });

  it('gets progress if it asks for it', async () => {
    const reports: Reported[] = [];
    const answer = await client().call('counting', {}, { onprogress: (report) => reports.push(report) });
    expect(answer.content).toEqual([{ type: 'text', text: 'Counted' }]);
    expect(reports.map(({ progress, total, message }) => [progress, total, message])).toEqual([
      [0, 2, 'Begins'],
      [1, 2, undefined],
      [2, 2, 'Ends'],
    ]);
    expect((await client().call('counting')).content).toEqual([{ type: 'text', text: 'Counted' }]);
  });

  it('is refused what its token does not allow, with 403, before anything runs', async () => {
    const refused = [
      () => api().readResource({ uri: 'files://a/b' }),
      () => api().getPrompt({ name: 'secret', arguments: { word: 'x' } }),
      () =>
        api().complete({
          ref: { type: 'ref/resource', uri: 'files://{+path}' },
          argument: { name: 'path', value: '' },
        }),
      () =>
        api().complete({
          ref: { type: 'ref/prompt', name: 'secret' },
          argument: { name: 'word', value: '' },
        }),
    ];
    for (const act of refused) await expect(act()).rejects.toThrow(/Insufficient (?:permissions|scope)/);
  });
});

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
