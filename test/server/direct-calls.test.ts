// Tool calls are answered without the SDK's server if that makes no difference: here both ways get the same calls, and are compared.
import { Server } from '@modelcontextprotocol/server';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { audio, image, withContent } from '../../src/server/index.ts';
import { envelope } from '../support/messages.ts';
import { echo, post, type Started, scopes, slowTool, start, tool } from './support.ts';

const annotations = { readOnlyHint: true, destructiveHint: false, openWorldHint: false } as const;
const about = (name: string) => ({ name, title: name, description: name, annotations });
const nothing = z.object({});
const slow = slowTool();
const tools = [
  echo,
  tool({ ...about('words'), scopes: [], input: nothing, run: () => ['One', 'two'] }),
  tool({
    ...about('pictures'),
    scopes: [],
    input: nothing,
    run: () => ['Seen', image('AAEC', 'image/png'), audio('AAEC', 'audio/wav')],
  }),
  tool({
    ...about('annotated'),
    scopes: [],
    input: nothing,
    run: () => ({ type: 'text', text: 'For people', annotations: { audience: ['user'] } }),
  }),
  // The owner's compiler would not let this through.
  tool({ ...about('no_block'), scopes: [], input: nothing, run: () => ({ type: 'text' }) as never }),
  tool({
    ...about('beside'),
    scopes: [],
    input: nothing,
    output: z.object({ open: z.number() }),
    run: () => withContent({ open: 3 }, 'Three', image('AAEC', 'image/png')),
  }),
  tool({
    ...about('mismatch'),
    scopes: [],
    input: nothing,
    output: z.object({ open: z.number() }),
    run: () => ({ open: 'three' }) as never,
  }),
  tool({
    ...about('loose'),
    scopes: [],
    input: z.looseObject({ text: z.string().nullable().optional() }),
    output: z.looseObject({ text: z.string().nullable().optional() }),
    run: (args) => args,
  }),
  tool({
    ...about('strict'),
    scopes: [],
    input: z.strictObject({ text: z.string() }),
    run: ({ text }) => text,
  }),
  tool({ ...about('writes'), scopes: ['todo:write'], input: nothing, run: () => 'written' }),
  tool({
    ...about('open_to_all'),
    public: true,
    input: nothing,
    run: (_args, { user }) => user?.subject ?? 'nobody',
  }),
  tool({
    ...about('routed'),
    scopes: [],
    input: z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }) }),
    run: ({ region }) => region,
  }),
  tool({
    ...about('asks'),
    scopes: [],
    input: nothing,
    run: async (_args, { ask }) =>
      (await ask('Sure?', z.object({ sure: z.boolean().describe('Yes') }))).action,
  }),
  tool({
    ...about('reports'),
    scopes: [],
    input: nothing,
    run(_args, { progress }) {
      progress(1, 2, 'Half of it');
      return 'reported';
    },
  }),
  slow.tool,
];

let server: Started;
let token: string;
beforeAll(async () => {
  server = await start({ tools, limits: { toolCallsPerMinute: 1000 } });
  token = await server.scalekit.mint({ scopes: ['todo:read'] });
});
afterAll(() => server.stop());
afterEach(() => vi.restoreAllMocks());

type Era = '2025-11-25' | '2026-07-28';
const eras: readonly Era[] = ['2025-11-25', '2026-07-28'];
const canAsk = { ...envelope, 'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } } };

interface Asked {
  readonly era: Era;
  readonly name: unknown;
  /** The parameters besides the name. */
  readonly params?: object;
  /** Null for none: a notification. */
  readonly id?: string | number | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly anonymous?: boolean;
}

/** Sends a call. @returns the answer, without what differs from request to request, and how many SDK servers it took. */
async function ask({ era, name, params = {}, id = 1, headers, anonymous = false }: Asked) {
  const isModern = era === '2026-07-28';
  const message = {
    jsonrpc: '2.0',
    ...(id !== null && { id }),
    method: 'tools/call',
    params: { name, ...(isModern && { _meta: envelope }), ...params },
  };
  const connected = vi.spyOn(Server.prototype, 'connect');
  const since = server.log.length;
  const response = await post(server.endpoint, {
    ...(!anonymous && { token }),
    headers: {
      'mcp-protocol-version': era,
      ...(isModern && { 'mcp-method': 'tools/call', 'mcp-name': String(name) }),
      ...headers,
    },
    message,
  });
  const text = await response.text();
  const type = response.headers.get('content-type');
  const log = server.log.slice(since).map(({ ms, requestId, stack, ...entry }) => entry);
  const answer = {
    status: response.status,
    type,
    challenge: response.headers.get('www-authenticate'),
    body: type === 'application/json' ? JSON.parse(named(text)) : named(text),
    log: JSON.parse(named(JSON.stringify(log))),
  };
  const servers = connected.mock.calls.length;
  connected.mockRestore();
  return { answer, servers };
}

/** Requests have ids of their own. */
const named = (text: string) => text.replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, 'an id');

/** The same call with an unknown parameter, which only the SDK's schemas leave out. */
const bySdk = (asked: Asked): Asked => ({ ...asked, params: { ...asked.params, unknown: true } });

const text = (value: unknown) => ({ arguments: { text: value } });
const own = JSON.parse('{"arguments":{"__proto__":{"text":"x"},"text":"y"}}');

/** Each with how many SDK servers it takes. */
const calls: ReadonlyArray<readonly [what: string, servers: number, asked: Omit<Asked, 'era'>]> = [
  ['a structured result', 0, { name: 'echo', params: text('hello') }],
  ['text that needs escapes', 0, { name: 'echo', params: text('"\\\u0007é\u2028 😀') }],
  ['no arguments', 0, { name: 'echo' }],
  ['arguments that are null', 0, { name: 'echo', params: { arguments: null } }],
  ['an id that is text', 0, { name: 'echo', id: 'one' }],
  ['text alone', 0, { name: 'words' }],
  ['extra members of the request', 0, { name: 'loose', params: { arguments: { a: { b: [1, null] } } } }],
  ['null as a value', 0, { name: 'loose', params: text(null) }],
  ['a tool error', 0, { name: 'echo', params: text('told') }],
  ['an error that is not for the client', 0, { name: 'echo', params: text('broken') }],
  ['something thrown that is no error', 0, { name: 'echo', params: text('odd') }],
  ['wrong arguments', 0, { name: 'echo', params: text(7) }],
  ['arguments that are too long', 0, { name: 'echo', params: text('x'.repeat(21)) }],
  ['an argument too many', 0, { name: 'strict', params: { arguments: { text: 'x', more: 1 } } }],
  ['a result that does not fit its schema', 0, { name: 'mismatch' }],
  ['a scope that is missing', 0, { name: 'writes' }],
  ['a tool that does not exist', 0, { name: 'nothing' }],
  ['a tool named like a member of every object', 0, { name: 'constructor' }],
  ['nobody to ask', 0, { name: 'asks' }],
  ['progress that nobody has asked for', 0, { name: 'reports' }],
  ['a public tool, with a token', 0, { name: 'open_to_all' }],
  ['a public tool, without one', 0, { name: 'open_to_all', anonymous: true }],
  ['pictures', 1, { name: 'pictures' }],
  ['text with annotations', 1, { name: 'annotated' }],
  ['content that is none', 1, { name: 'no_block' }],
  ['content beside a structured result', 1, { name: 'beside' }],
  ['a member named __proto__', 1, { name: 'loose', params: own }],
  ['the same where no other member may be', 1, { name: 'strict', params: own }],
  ['arguments that are a list', 1, { name: 'echo', params: { arguments: [] } }],
  ['arguments that are text', 1, { name: 'echo', params: { arguments: 'x' } }],
  ['a task', 1, { name: 'echo', params: { task: { ttl: 1000 } } }],
];

describe.each(eras)('a tool call of %s is answered as by the SDK', (era) => {
  beforeAll(async () => {
    // The envelope is known from here on.
    await ask({ era, name: 'echo' });
  });

  it.each(calls)('%s', async (_what, servers, asked) => {
    const direct = await ask({ era, ...asked });
    const sdk = await ask(bySdk({ era, ...asked }));
    expect(direct.answer).toEqual(sdk.answer);
    expect(direct.servers).toBe(servers);
    expect(sdk.servers).toBe(1);
  });

  it.each([
    ['no name', { name: undefined }],
    ['a name that is a number', { name: 7 }],
  ])('%s', async (_what, asked) => {
    const headers = { 'mcp-name': '7' };
    const [direct, sdk] = [
      await ask({ era, headers, ...asked }),
      await ask(bySdk({ era, headers, ...asked })),
    ];
    expect(direct.answer).toEqual(sdk.answer);
    expect(direct.answer.body.error).toBeDefined();
  });

  it('without an id it is a notification, and no tool runs', async () => {
    const { answer } = await ask({ era, name: 'echo', id: null });
    expect(answer).toMatchObject({ status: 202, body: '', log: [] });
  });

  it('progress that the client waits for', async () => {
    const _meta = { ...(era === '2026-07-28' && envelope), progressToken: 'p' };
    const headers = { accept: 'application/json, text/event-stream' };
    const { answer, servers } = await ask({ era, name: 'reports', params: { _meta }, headers });
    expect(answer.type).toBe('text/event-stream');
    expect(answer.body).toContain('Half of it');
    expect(servers).toBe(1);
  });
});

describe('in 2026-07-28', () => {
  const era = '2026-07-28';

  it('sends a question through the SDK', async () => {
    const asked = { era, name: 'asks', params: { _meta: canAsk } } as const;
    await ask(asked);
    const { answer, servers } = await ask(asked);
    expect(answer.body.result).toMatchObject({ resultType: 'input_required' });
    expect(answer.body.result.inputRequests.question_1.method).toBe('elicitation/create');
    expect(servers).toBe(1);
  });

  it('refuses an argument that its header does not repeat', async () => {
    const asked = { era, name: 'routed', params: { arguments: { region: 'eu' } } } as const;
    const [direct, sdk] = [await ask(asked), await ask(bySdk(asked))];
    expect(direct.answer).toEqual(sdk.answer);
    expect(direct.answer).toMatchObject({ status: 400, body: { error: { code: -32_020 } } });
    const right = await ask({ ...asked, headers: { 'mcp-param-region': 'eu' } });
    expect(right.answer).toMatchObject({ status: 200, body: { result: { content: [{ text: 'eu' }] } } });
    expect([direct.servers, right.servers]).toEqual([0, 0]);
  });

  it.each([
    ['another version', { 'mcp-protocol-version': '2025-11-25' }],
    ['another name', { 'mcp-name': 'words' }],
    ['another method', { 'mcp-method': 'tools/list' }],
  ])('leaves a header that says %s to the SDK, which refuses it', async (_what, headers) => {
    const { answer } = await ask({ era, name: 'echo', headers });
    expect(answer.status).toBe(400);
    expect(answer.log).not.toContainEqual(expect.objectContaining({ event: 'call' }));
  });

  it('leaves calls with a trace to the SDK', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const asked = { era, name: 'echo', params: { _meta: { ...envelope, traceparent } } } as const;
    await ask(asked);
    const { answer, servers } = await ask(asked);
    expect(servers).toBe(1);
    expect(answer.log).toContainEqual(expect.objectContaining({ event: 'call', traceparent }));
  });
});

describe('in 2025-11-25', () => {
  it('sends a question through the SDK to a client that can be asked', async () => {
    const headers = {
      accept: 'application/json, text/event-stream',
      'mcp-session-id': 'asks-00000000-0000-4000-8000-000000000000',
    };
    const { servers } = await ask({ era: '2025-11-25', name: 'words', headers });
    expect(servers).toBe(1);
  });

  it.each(['1999-01-01', '2025-06-18'])('its version header %s', async (version) => {
    const asked = { era: '2025-11-25', name: 'echo', headers: { 'mcp-protocol-version': version } } as const;
    const [direct, sdk] = [await ask(asked), await ask(bySdk(asked))];
    expect(direct.answer).toEqual(sdk.answer);
  });
});

it('aborts a call whose client hung up, also if it asks something afterwards', async () => {
  const connected = vi.spyOn(Server.prototype, 'connect');
  const hangUp = new AbortController();
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'slow' } };
  const answer = post(server.endpoint, { token, message, signal: hangUp.signal });
  answer.catch(() => {});
  const call = await slow.started;
  hangUp.abort();
  await expect(answer).rejects.toThrow();
  await vi.waitFor(() => expect(call.signal.aborted).toBe(true), { timeout: 10_000 });
  expect(call.signal.reason).toMatchObject({ message: 'Connection closed' });
  expect(connected).not.toHaveBeenCalled();
  slow.goOn();
});

it('every tool of this file is compared', () => {
  const named = new Set([...calls.map(([, , { name }]) => name), 'routed', 'slow']);
  expect(tools.map(({ listing }) => listing.name).filter((name) => !named.has(name))).toEqual([]);
  expect(scopes.names).toContain('todo:write');
});
