// Attacks on a server that has public tools: none of them leads from what is public to what needs a token.
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { challengeOf, send } from '../../src/server/testing/index.ts';
import { call, post, prompt, resource, type Started, start, tool } from '../server/support.ts';
import { envelopeOf } from '../support/messages.ts';
import { until } from '../support/waiting.ts';

const annotations = { readOnlyHint: true, destructiveHint: false, openWorldHint: false } as const;
const about = (name: string) => ({ name, title: name, description: name, annotations });

/** Records the protected things that ran. */
let ran: string[] = [];
beforeEach(() => {
  ran = [];
});

const open = tool({ ...about('open'), public: true, input: z.object({}).loose(), run: () => 'open' });
const secret = tool({
  ...about('secret'),
  scopes: [],
  input: z.object({}).loose(),
  run() {
    ran.push('secret');
    return 'secret';
  },
});
const note = resource({
  uri: 'note://{id}',
  name: 'note',
  scopes: [],
  subscribe: true,
  read: ({ id }) => {
    ran.push(`read ${id}`);
    return id;
  },
  list: () => {
    ran.push('list');
    return [];
  },
  complete: {
    id: () => {
      ran.push('complete');
      return [];
    },
  },
});
const plan = prompt({
  name: 'plan',
  description: 'plan',
  scopes: [],
  run: () => {
    ran.push('plan');
    return 'plan';
  },
});
const declared = { tools: [open, secret], resources: [note], prompts: [plan] };

let server: Started;
beforeAll(async () => {
  server = await start(declared);
});
afterAll(() => server.stop());

const version = '2026-07-28';
const envelope = envelopeOf('attack');
type Headers = Readonly<Record<string, string>>;

/** Sends a body as it is. @returns the HTTP status and the answer's body. */
async function attack(body: string, headers: Headers = {}) {
  const { status, text } = await send(server.endpoint, {
    body,
    headers: { accept: 'application/json, text/event-stream', ...headers },
  });
  return { status, text };
}

/** The message in each era, as a client of that era sends it. */
function inEras(method: string, params: Readonly<Record<string, unknown>>): ReadonlyArray<[string, Headers]> {
  const message = { jsonrpc: '2.0', id: 1, method, params };
  const modern = { ...message, params: { ...params, _meta: envelope } };
  const name = params.name ?? params.uri;
  const named = typeof name === 'string' && /^[!-~]+$/.test(name) ? { 'mcp-name': name } : {};
  return [
    ...['2025-03-26', '2025-06-18', '2025-11-25'].map((each): [string, Headers] => [
      JSON.stringify(message),
      { 'mcp-protocol-version': each },
    ]),
    [JSON.stringify(message), {}],
    [JSON.stringify(modern), { 'mcp-protocol-version': version, 'mcp-method': method, ...named }],
  ];
}

const plain = JSON.stringify(call('secret'));
const modernCall = (name: string) =>
  JSON.stringify({ ...call(name), params: { name, arguments: {}, _meta: envelope } });
const modernHeaders = (name: string, method = 'tools/call') => ({
  'mcp-protocol-version': version,
  'mcp-method': method,
  'mcp-name': name,
});

/** Ways past the gate that somebody without a token might try. */
const ways: ReadonlyArray<readonly [name: string, body: string, headers?: Headers]> = [
  ['the plain call', plain],
  ['a batch', `[${JSON.stringify(call('open'))},${plain}]`],
  ['a batch of one', `[${plain}]`],
  ['Mcp-Name of the public tool', modernCall('secret'), modernHeaders('open')],
  ['Mcp-Name twice', modernCall('secret'), modernHeaders('open, secret')],
  ['Mcp-Name encoded', modernCall('secret'), modernHeaders('=?base64?b3Blbg==?=')],
  ['Mcp-Method of a list', modernCall('secret'), modernHeaders('secret', 'tools/list')],
  ['the headers of 2026 on a call of 2025', plain, modernHeaders('open')],
  ['2026 in the body, 2025 in the header', modernCall('secret'), { 'mcp-protocol-version': '2025-06-18' }],
  ['the header of a session', plain, { 'mcp-session-id': `asks-${crypto.randomUUID()}` }],
  ['a method in a header', plain, { 'x-http-method-override': 'GET', 'x-mcp-method': 'tools/list' }],
  ['the name twice, the public one first', plain.replace('"name":', '"name":"open","name":')],
  ['the name in escapes', plain.replace('"secret"', '"\\u0073ecret"')],
  ['the method twice', plain.replace('"method":', '"method":"tools/list","method":')],
  ['the method in escapes', plain.replace('tools/call', 'tools\\/call')],
  ['params twice', plain.replace('"params":', '"params":{"name":"open"},"params":')],
  ['the public name in __proto__', plain.replace('{', '{"__proto__":{"params":{"name":"open"}},')],
  ['a method in __proto__', plain.replace('"method":"tools/call"', '"__proto__":{"method":"tools/call"}')],
  ['the name in __proto__', plain.replace('"name":"secret"', '"__proto__":{"name":"secret"}')],
  ['public in the arguments', plain.replace('"arguments":{}', '"arguments":{"public":true,"isPublic":true}')],
  ['public in the message', plain.replace('{', '{"isPublic":true,"public":true,"access":{"scopes":[]},')],
  [
    'scopes in _meta',
    plain.replace('"params":{', '"params":{"_meta":{"securitySchemes":[{"type":"noauth"}]},'),
  ],
  ['a notification', plain.replace('"id":1,', '')],
  ['an id of null', plain.replace('"id":1,', '"id":null,')],
  ['a task', plain.replace('"params":{', '"params":{"task":{"ttl":60000},')],
  ['an answer that is a call, too', plain.replace('{', '{"result":{},')],
  ['a byte order mark', `\ufeff${plain}`],
  ['a method that is no text', plain.replace('"tools/call"', '["tools/call"]')],
  ['a notification as method', plain.replace('tools/call', 'notifications/tools/call')],
  ...['TOOLS/CALL', 'tools//call', 'tools/call/', ' tools/call', 'tools%2fcall', 'tools/call\\u0000'].map(
    (method): [string, string] => [`the method ${method}`, plain.replace('tools/call', method)],
  ),
  ...[
    'SECRET',
    'Secret',
    ' secret',
    'secret ',
    '%73ecret',
    'open/../secret',
    'open\\u0000secret',
    'open,secret',
    's\u0435cret',
    'secre\u0074\u200b',
    '__proto__',
    'constructor',
    'toString',
    '',
  ].map((name): [string, string] => [
    `the name ${JSON.stringify(name)}`,
    plain.replace('"secret"', `"${name}"`),
  ]),
  ...['["secret"]', '{"toString":"secret"}', '7', 'null', 'true', '["open","secret"]'].map(
    (name): [string, string] => [`the name ${name}`, plain.replace('"secret"', name)],
  ),
];

describe('with a token', () => {
  it('the protected handlers run, so these attacks could be noticed', async () => {
    const token = await server.scalekit.mint({ scopes: [] });
    for (const [body, headers] of inEras('tools/call', { name: 'secret', arguments: {} }))
      expect((await attack(body, { ...headers, authorization: `Bearer ${token}` })).status).toBe(200);
    expect(ran).toHaveLength(5);
  });
});

describe('without a token', () => {
  it.each(ways.map(([name, body, headers = {}]) => [name, body, headers] as const))(
    'nothing protected runs: %s',
    async (_name, body, headers) => {
      for (const agent of ['attack/1', 'openai-mcp/1.0.0']) {
        const { status, text } = await attack(body, { 'user-agent': agent, ...headers });
        expect(status).toBeLessThan(500);
        if (/"result"/.test(text)) expect(JSON.parse(text).result).toMatchObject({ isError: true });
        expect(text).not.toContain('"text":"secret"');
        expect(ran).toEqual([]);
      }
    },
  );

  const closed: ReadonlyArray<readonly [method: string, params: Readonly<Record<string, unknown>>]> = [
    ['tools/call', { name: 'secret', arguments: {} }],
    ['tools/call', { name: 'no_such_tool', arguments: {} }],
    ['resources/read', { uri: 'note://1' }],
    ['prompts/get', { name: 'plan' }],
    [
      'completion/complete',
      { ref: { type: 'ref/resource', uri: 'note://{id}' }, argument: { name: 'id', value: '' } },
    ],
    ['resources/subscribe', { uri: 'note://1' }],
    ['resources/unsubscribe', { uri: 'note://1' }],
    ['subscriptions/listen', { notifications: { resourceSubscriptions: ['note://1'] } }],
    ['subscriptions/listen', { notifications: {} }],
    ['tasks/get', { taskId: '1' }],
    ['logging/setLevel', { level: 'debug' }],
    ['sampling/createMessage', {}],
    ['elicitation/create', {}],
    ['open', {}],
  ];
  it.each(closed)('%s is 401 in every era: %j', async (method, params) => {
    for (const [body, headers] of inEras(method, params)) {
      const answer = await send(server.endpoint, { body, headers });
      expect([headers, answer.status]).toEqual([headers, 401]);
      expect(challengeOf(answer.headers).resource_metadata).toMatch(/^http/);
    }
    expect(ran).toEqual([]);
  });

  it('lists do not call the owner’s code for users', async () => {
    for (const method of ['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'])
      for (const [body, headers] of inEras(method, {}))
        expect((await attack(body, headers)).status).toBe(200);
    expect(ran).toEqual([]);
  });

  it('no random message runs anything protected', async () => {
    const word = fc.constantFrom(
      'secret',
      'open',
      'tools/call',
      'tools/list',
      'plan',
      'note://1',
      '__proto__',
      version,
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 3 }, word, fc.jsonValue({ maxDepth: 1 }), tie('object')),
      object: fc.dictionary(
        fc.constantFrom(
          'jsonrpc',
          'id',
          'method',
          'params',
          'name',
          'arguments',
          'uri',
          '_meta',
          '__proto__',
          'result',
        ),
        tie('any'),
      ),
    })).object;
    const message = fc.record(
      {
        jsonrpc: fc.constant('2.0'),
        id: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
        method: fc.oneof(
          fc.constantFrom('tools/call', 'resources/read', 'prompts/get', 'completion/complete'),
          fc.string(),
        ),
        params: fc.oneof(
          value,
          fc.record({ name: word, arguments: value, _meta: fc.constantFrom(envelope, {}) }),
        ),
      },
      { requiredKeys: ['jsonrpc'] },
    );
    const headers = fc.dictionary(
      fc.constantFrom('mcp-protocol-version', 'mcp-method', 'mcp-name', 'mcp-session-id', 'user-agent'),
      fc.constantFrom(
        'secret',
        'open',
        'tools/call',
        'tools/list',
        version,
        '2025-06-18',
        'openai-mcp/1.0.0',
      ),
    );
    await fc.assert(
      fc.asyncProperty(message, headers, async (body, sent) => {
        const { status } = await attack(JSON.stringify(body), sent);
        expect(status).toBeLessThan(500);
        expect(ran).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('questions to a person', () => {
  const sure = z.object({ sure: z.boolean() });
  const ask = tool({
    ...about('ask'),
    public: true,
    input: z.object({}),
    run: async (_args, call) =>
      `${call.user?.subject ?? 'nobody'}: ${(await call.ask('Sure?', sure)).action}`,
  });
  let asking: Started;
  let tokens: readonly string[];
  beforeAll(async () => {
    asking = await start({ tools: [ask] });
    tokens = await Promise.all(['usr_1', 'usr_2'].map((subject) => asking.scalekit.mint({ subject })));
  });
  afterAll(() => asking.stop());

  const bearer = (token: string | undefined) => (token === undefined ? {} : { token });

  /** A round of the call in 2026-07-28. */
  async function round(token: string | undefined, more: object) {
    const _meta = { ...envelope, 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } };
    const message = { ...call('ask'), params: { name: 'ask', arguments: {}, ...more, _meta } };
    const answer = await post(asking.endpoint, { ...bearer(token), message, headers: modernHeaders('ask') });
    return (await answer.json()) as {
      result?: { requestState?: string; content?: [{ text: string }] };
      error?: { code: number };
    };
  }

  it('in 2026-07-28 a user’s question can be answered only by that user, and an anonymous one without a token', async () => {
    const inputResponses = { question_1: { action: 'accept', content: { sure: true } } };
    const [one, two] = tokens;
    const callers = [undefined, one, two];
    for (const asked of callers) {
      const { requestState } = (await round(asked, {})).result ?? {};
      for (const answering of callers) {
        const { result, error } = await round(answering, { requestState, inputResponses });
        if (answering === asked) expect(result?.content?.[0].text).toMatch(/: accept$/);
        else expect([result, error?.code]).toEqual([undefined, -32_602]);
      }
    }
  });

  it('in 2025 a question can be answered by nobody else, and not without a token', async () => {
    const [one, two] = tokens;
    const answer = await post(asking.endpoint, {
      ...bearer(one),
      message: call('ask'),
      headers: {
        accept: 'application/json, text/event-stream',
        'mcp-session-id': `asks-${crypto.randomUUID()}`,
      },
    });
    const reader = (answer.body ?? expect.unreachable()).pipeThrough(new TextDecoderStream()).getReader();
    const { value = '' } = await reader.read();
    const { id } = JSON.parse(/^data: (.*)$/m.exec(value)?.[1] ?? '') as { id: string };
    const reply = async (token: string | undefined, action: string) => {
      const message = { jsonrpc: '2.0', id, result: { action, content: { sure: true } } };
      expect((await post(asking.endpoint, { ...bearer(token), message })).status).toBe(202);
    };
    await reply(undefined, 'cancel');
    await reply(two, 'cancel');
    await reply(one, 'accept');
    expect((await reader.read()).value).toContain('usr_1: accept');
  });
});

describe('limits without a token', () => {
  let limited: Started | undefined;
  afterEach(() => limited?.stop());
  const from = (address: string) => ({ 'x-forwarded-for': address });
  const ask = async (body: object, headers: Headers, token?: string) =>
    await send(limited?.endpoint ?? '', { body, headers, ...(token !== undefined && { token }) });
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

  it('count requests per address, or per /64, and affect nobody else', async () => {
    limited = await start({ ...declared, limits: { requestsPerMinute: 3 }, trustedProxies: 1 });
    const statuses = async (...addresses: readonly string[]) => {
      const answers = [];
      for (const address of addresses) answers.push((await ask(list, from(address))).status);
      return answers;
    };
    expect(await statuses(...Array<string>(4).fill('192.0.2.1'))).toEqual([200, 200, 200, 429]);
    expect(
      await statuses('2001:db8:0:1::1', '2001:db8:0:1::2', '2001:db8:0:1:f::', '2001:db8:0:1::3'),
    ).toEqual([200, 200, 200, 429]);
    expect(await statuses('2001:db8:0:2::1', '192.0.2.2')).toEqual([200, 200]);
    // What a client writes itself comes before what our proxy adds.
    expect(await statuses('9.9.9.9, 192.0.2.1')).toEqual([429]);
    const token = await limited.scalekit.mint();
    expect((await ask(list, from('192.0.2.1'), token)).status).toBe(200);
  });

  it('say where to sign in, and apply before the body is read', async () => {
    limited = await start({ ...declared, limits: { requestsPerMinute: 1 } });
    await ask(list, {});
    // The body never comes.
    const socket = connectTcp(Number(new URL(limited.endpoint).port), '127.0.0.1');
    socket.write(
      `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50000\r\n\r\n`,
    );
    const [head] = (await once(socket.setEncoding('utf8'), 'data')) as [string];
    socket.destroy();
    expect(head).toMatch(/^HTTP\/1\.1 429 /);
    expect(head).toMatch(/www-authenticate: Bearer scope="todo:read todo:write", resource_metadata="http/i);
    expect(head).toMatch(/retry-after: \d+/i);
  });

  it('count calls of tools, including refused ones and those of unknown tools', async () => {
    limited = await start({ ...declared, limits: { toolCallsPerMinute: 3 } });
    const statuses = [];
    for (const name of ['secret', 'open', 'nothing', 'open', 'secret'])
      statuses.push((await ask(call(name), {})).status);
    expect(statuses).toEqual([401, 200, 401, 429, 429]);
    const token = await limited.scalekit.mint();
    expect((await ask(call('open'), {}, token)).status).toBe(200);
  });

  it('apply to the size of a body and to the number of streams', async () => {
    let ended = 0;
    const endless = tool({
      ...about('endless'),
      public: true,
      input: z.object({}),
      async run(_args, { progress, signal }) {
        progress(1);
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        ended += 1;
        return '';
      },
    });
    limited = await start({ tools: [endless], trustedProxies: 1, maxBodyBytes: 2000 });
    expect((await ask({ ...list, params: { x: 'x'.repeat(2000) } }, {})).status).toBe(413);
    const controller = new AbortController();
    const message = { ...call('endless'), params: { name: 'endless', _meta: { progressToken: 1 } } };
    const { endpoint } = limited;
    const opened = async (address: string) =>
      await post(endpoint, {
        message,
        signal: controller.signal,
        headers: { accept: 'text/event-stream, application/json', ...from(address) },
      });
    const statuses = [];
    for (let count = 0; count < 21; count += 1) statuses.push((await opened('192.0.2.1')).status);
    expect(statuses).toEqual([...Array<number>(20).fill(200), 429]);
    expect((await opened('192.0.2.2')).status).toBe(200);
    controller.abort();
    await until('all calls have ended', () => ended === 22);
  });
});
