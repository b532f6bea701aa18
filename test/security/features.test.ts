// Attacks on what a server has besides tools: resources, prompts, completion, streams.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { EventStream } from '../../src/server/event-stream.ts';
import { call, post, prompt, resource, type Started, start, tool } from '../server/support.ts';

const annotations = { readOnlyHint: true, destructiveHint: false, openWorldHint: false } as const;

/** What ran, and with which arguments. */
let ran: string[] = [];
beforeEach(() => {
  ran = [];
});
const note = resource({
  uri: 'note://{id}',
  name: 'note',
  scopes: ['todo:write'],
  read({ id }) {
    ran.push(`read ${id}`);
    return id;
  },
  list() {
    ran.push('list');
    return [{ variables: { id: '1' }, name: 'one' }];
  },
  complete: {
    id(typed) {
      ran.push(`complete ${typed}`);
      return Array.from({ length: 1000 }, (_, index) => `${typed}${index}`);
    },
  },
});
const single = resource({
  uri: 'config://app',
  name: 'app',
  scopes: ['todo:write'],
  read() {
    ran.push('config');
    return 'secret';
  },
});
const ordered = prompt({
  name: 'ordered',
  description: 'Ordered',
  scopes: ['todo:write'],
  arguments: z.object({ what: z.string().max(100) }),
  run({ what }) {
    ran.push(`prompt ${what}`);
    return what;
  },
});
let ended: Promise<void>;
const endless = tool({
  name: 'endless',
  title: 'Endless',
  description: 'Reports until its client has gone.',
  scopes: ['todo:read'],
  input: z.object({}),
  annotations,
  async run(_args, { progress, signal }) {
    progress(1);
    ended = new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    await ended;
    return 'over';
  },
});
const headed = tool({
  name: 'headed',
  title: 'Headed',
  description: 'Has an argument that proxies route by.',
  scopes: ['todo:read'],
  input: z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }), size: z.int().optional() }),
  annotations,
  run({ region }) {
    ran.push(`headed ${region}`);
    return region;
  },
});

let server: Started;
let reader: string;
let writer: string;
beforeAll(async () => {
  server = await start({ tools: [endless, headed], resources: [note, single], prompts: [ordered] });
  [reader, writer] = await Promise.all([
    server.scalekit.mint({ scopes: ['todo:read'] }),
    server.scalekit.mint({ scopes: ['todo:read', 'todo:write'] }),
  ]);
});
afterAll(() => server.stop());

const eras = ['2025', '2026'] as const;
type Era = (typeof eras)[number];

/** Sends a message of either era. @returns status and body. */
async function ask(
  era: Era,
  token: string,
  method: string,
  params: Record<string, unknown>,
  more: Record<string, string> = {},
) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const name = params.name ?? params.uri;
  // Clients encode values that a header cannot carry.
  const text = String(name);
  const headerName = /^[!-~]+$/.test(text) ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
  const headers =
    era === '2025'
      ? more
      : {
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': method,
          ...(name !== undefined && { 'mcp-name': headerName.slice(0, 8000) }),
          ...more,
        };
  const all = era === '2025' ? params : { ...params, _meta };
  const answer = await post(server.endpoint, {
    token,
    headers,
    message: { jsonrpc: '2.0', id: 1, method, params: all },
  });
  return { status: answer.status, body: await answer.text() };
}

const uris: readonly unknown[] = [
  'note://1',
  'note://__proto__',
  'note://constructor',
  'note://..',
  'note://%2e%2e%2fetc%2fpasswd',
  'note://1%00',
  'note://1%0d%0aX: y',
  'note://1\u0000',
  'note://%',
  'note://%ff',
  'note://',
  'note:///1',
  'note://1/',
  'note://1,2',
  'note://a/b',
  'NOTE://1',
  'note://1?x',
  'note://1#x',
  ' note://1',
  'note://{id}',
  `note://${'a'.repeat(6000)}`,
  'config://app',
  'config://app/',
  'config://APP',
  'config://app%20',
  'file:///etc/passwd',
  'http://169.254.169.254/',
  '__proto__',
  'constructor',
  '',
  7,
  null,
  {},
  ['note://1'],
];

describe.each(eras)('in %s, with a token that lacks the scope', (era) => {
  it.each(uris.map((uri) => [JSON.stringify(uri).slice(0, 60), uri]))(
    'no spelling of a URI gives access: %s',
    async (_shown, uri) => {
      const { status, body } = await ask(era, reader, 'resources/read', { uri });
      expect(body).not.toContain('"result"');
      expect([200, 400, 403]).toContain(status);
      expect(ran).toEqual([]);
    },
  );

  it('nothing is listed, completed or read', async () => {
    const { body } = await ask(era, reader, 'resources/list', {});
    expect(JSON.parse(body).result.resources.map(({ uri }: { uri: string }) => uri)).toEqual([
      'config://app',
    ]);
    for (const ref of [
      { type: 'ref/resource', uri: 'note://{id}' },
      { type: 'ref/prompt', name: 'ordered' },
    ])
      expect(
        (await ask(era, reader, 'completion/complete', { ref, argument: { name: 'id', value: 'x' } })).status,
      ).toBe(403);
    for (const name of ['ordered', '__proto__', 'constructor', '', 7, null]) {
      const answer = await ask(era, reader, 'prompts/get', { name, arguments: { what: 'x' } });
      expect(answer.body).not.toContain('"result"');
    }
    expect(ran).toEqual([]);
  });
});

describe.each(eras)('in %s, with the scope', (era) => {
  it.each(uris.map((uri) => [JSON.stringify(uri).slice(0, 60), uri]))(
    'a URI matches exactly or not at all: %s',
    async (_shown, uri) => {
      const { status, body } = await ask(era, writer, 'resources/read', { uri });
      expect([200, 400]).toContain(status);
      if (!body.includes('"result"')) return expect(ran).toEqual([]);
      const [, id] = /^note:\/\/([^/,]+)$/.exec(String(uri)) ?? [];
      expect(ran).toEqual([id === undefined ? 'config' : `read ${decodeURIComponent(id)}`]);
      expect(JSON.parse(body).result.contents[0].uri).toBe(uri);
    },
  );

  it('arguments of prompts are strings with known names', async () => {
    for (const args of [
      7,
      'text',
      [],
      null,
      { what: 7 },
      { what: {} },
      { what: 'x'.repeat(101) },
      { __proto__: { what: 'x' } },
    ]) {
      const { body } = await ask(era, writer, 'prompts/get', { name: 'ordered', arguments: args });
      expect([args, body.includes('"result"')]).toEqual([args, false]);
    }
    expect(ran).toEqual([]);
  });

  it('completion gives a hundred values at most, and copes with odd requests', async () => {
    const complete = (ref: unknown, argument: unknown, context?: unknown) =>
      ask(era, writer, 'completion/complete', { ref, argument, ...(context !== undefined && { context }) });
    const good = { type: 'ref/resource', uri: 'note://{id}' };
    const { completion } = JSON.parse((await complete(good, { name: 'id', value: 'x' })).body).result;
    expect([completion.values.length, completion.total, completion.hasMore]).toEqual([100, 1000, true]);
    ran = [];
    for (const [ref, argument, context] of [
      [good, { name: '__proto__', value: 'x' }],
      [good, { name: 'id', value: 7 }],
      [good, null],
      [
        { type: 'ref/resource', uri: 'note://1' },
        { name: 'id', value: 'x' },
      ],
      [{ type: 'ref/other' }, { name: 'id', value: 'x' }],
      [
        { type: 'ref/prompt', name: 'constructor' },
        { name: 'id', value: 'x' },
      ],
      [good, { name: 'id', value: 'x' }, { arguments: 7 }],
    ])
      expect((await complete(ref, argument, context)).status).toBeLessThan(500);
    expect(ran).toEqual([]);
  });
});

describe('headers that repeat arguments', () => {
  it('are compared with them before anything runs, in the era that has them', async () => {
    const args = { name: 'headed', arguments: { region: 'eu' } };
    for (const headers of [
      {},
      { 'mcp-param-region': 'us' },
      { 'mcp-param-region': '=?base64?ZX!?=' },
    ] as const) {
      const { status, body } = await ask('2026', reader, 'tools/call', args, { ...headers });
      expect([status, JSON.parse(body).error.code]).toEqual([400, -32_020]);
    }
    expect(ran).toEqual([]);
    for (const header of ['eu', `=?base64?${Buffer.from('eu').toString('base64')}?=`])
      expect((await ask('2026', reader, 'tools/call', args, { 'mcp-param-region': header })).status).toBe(
        200,
      );
    expect((await ask('2025', reader, 'tools/call', args)).status).toBe(200);
    expect(ran).toHaveLength(3);
  });

  it('cannot be declared if clients would then ignore the tool', () => {
    const declare = (input: z.ZodObject) => () =>
      tool({ name: 'x', title: 'x', description: 'x', scopes: [], input, annotations, run: () => '' });
    const headed = (name: unknown) => z.string().meta({ 'x-mcp-header': name });
    expect(declare(z.object({ a: headed('A'), b: headed('a') }))).toThrow(/same one/);
    expect(declare(z.object({ a: headed('two words') }))).toThrow(/not the name of a header/);
    expect(declare(z.object({ a: z.number().meta({ 'x-mcp-header': 'A' }) }))).toThrow(/whole numbers/);
    expect(declare(z.object({ a: z.array(headed('A')) }))).toThrow(/only a property/);
    expect(declare(z.object({ a: z.object({ b: headed('B') }) }))).not.toThrow();
  });
});

describe('streams', () => {
  const open = async (token: string, signal?: AbortSignal) => {
    const message = call('endless');
    const params = { ...message.params, _meta: { progressToken: 1 } };
    const headers = { accept: 'application/json, text/event-stream' };
    return await post(server.endpoint, {
      token,
      headers,
      message: { ...message, params },
      ...(signal && { signal }),
    });
  };

  it('end when their token expires, and end the call', async () => {
    const token = await server.scalekit.mint({ scopes: ['todo:read'], expiresIn: 3 });
    const answer = await open(token);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const text = await answer.text();
    expect(text).toContain('notifications/progress');
    expect(text).not.toContain('"result"');
    await ended;
  });

  it('end the call when their client hangs up', async () => {
    const controller = new AbortController();
    const answer = await open(reader, controller.signal);
    expect(answer.status).toBe(200);
    controller.abort();
    await ended;
  });

  it('are limited for each user, and others are served', async () => {
    const [token, other] = await Promise.all(
      ['usr_many', 'usr_one'].map((subject) => server.scalekit.mint({ subject, scopes: ['todo:read'] })),
    );
    const controller = new AbortController();
    const answers = [];
    for (let count = 0; count < 21; count += 1) answers.push(await open(token ?? '', controller.signal));
    expect(answers.map(({ status }) => status)).toEqual([...Array(20).fill(200), 429]);
    expect((await open(other ?? '', controller.signal)).status).toBe(200);
    controller.abort();
    await ended;
  });

  it('buffer little for a client that does not read, and still give it the answer', async () => {
    const stream = new EventStream(() => {});
    const report = {
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { message: 'x'.repeat(1000) },
    } as const;
    for (let count = 0; count < 10_000; count += 1) stream.send(report as never, true);
    stream.send({ jsonrpc: '2.0', id: 1, result: {} } as never, false);
    stream.end();
    const text = await new Response(stream.readable).text();
    expect(text.length).toBeLessThan(80_000);
    expect(text.endsWith('data: {"jsonrpc":"2.0","id":1,"result":{}}\n\n')).toBe(true);
  });

  it('are not opened for an invalid progress token', async () => {
    for (const progressToken of [{}, [], null, true, 1.5]) {
      const message = call('headed', { region: 'x' });
      const answer = await post(server.endpoint, {
        token: reader,
        headers: { accept: 'application/json, text/event-stream' },
        message: { ...message, params: { ...message.params, _meta: { progressToken } } },
      });
      expect(answer.headers.get('content-type')).toBe('application/json');
      expect(answer.status).toBeLessThan(500);
    }
  });
});
