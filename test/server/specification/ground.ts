// A server with something of everything, and raw HTTP to ask it in 2026-07-28.
import { inspect } from 'node:util';
import * as z from 'zod';
import { type Answer, type Sent, send } from '../../../src/server/testing/index.ts';
import { ToolError } from '../../../src/server/tool.ts';
import { prompt, resource, type Started, start, tool } from '../support.ts';

/** What the tests of statements work with. */
export interface Ground extends Started {
  /** A token with all scopes. */
  readonly token: string;
}

/** A normative statement of MCP 2026-07-28 that concerns a server, and how it is held. */
export interface Statement {
  /** The page of the specification, as in its address, such as `basic/transports/streamable-http`. */
  readonly page: string;
  readonly level: 'MUST' | 'SHOULD';
  /** What it asks for, shortened. */
  readonly says: string;
  /** Holds the running server to it, or names the file of the tests that do. */
  readonly held: ((ground: Ground) => Promise<void> | void) | string;
}

const annotations = { readOnlyHint: true, destructiveHint: false, openWorldHint: false } as const;
const about = (name: string) => ({ name, title: name, description: name, annotations });

const echo = tool({
  ...about('echo'),
  scopes: ['todo:read'],
  input: z.object({ text: z.string().max(20).default('nothing') }),
  output: z.object({ text: z.string() }),
  run({ text }) {
    if (text === 'told') throw new ToolError('This is for the caller.');
    if (text === 'broken') throw new Error('The password is hunter2');
    return { text };
  },
});
const unlike = tool({
  ...about('unlike'),
  scopes: [],
  input: z.object({}),
  output: z.object({ count: z.number() }),
  run: () => ({ count: 'many' }) as unknown as { count: number },
});
const both = tool({
  ...about('both'),
  scopes: ['todo:read', 'todo:write'],
  input: z.object({}),
  run: () => 'both',
});
const routed = tool({
  ...about('routed'),
  scopes: [],
  input: z.object({
    region: z.string().meta({ 'x-mcp-header': 'Region' }).optional(),
    count: z.int().meta({ 'x-mcp-header': 'Count' }).optional(),
    deep: z.object({ flag: z.boolean().meta({ 'x-mcp-header': 'Flag' }) }).optional(),
  }),
  run: (args) => JSON.stringify(args),
});
const steps = tool({
  ...about('steps'),
  scopes: [],
  input: z.object({}),
  async run(_args, { progress }) {
    for (const done of [1, 2, 2, 1, 3]) {
      progress(done, 3, `step ${done}`);
      // Reports that follow at once are dropped.
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return 'done';
  },
});
const sure = z.object({ sure: z.boolean() });
const asks = tool({
  ...about('asks'),
  scopes: [],
  input: z.object({ what: z.string().default('it') }),
  async run({ what }, { ask }) {
    const first = await ask(`Remove ${what}?`, sure, 'first');
    const second = await ask('Really?', sure, 'second');
    return JSON.stringify([first, second]);
  },
});

/** All that a tool gets. */
const shows = tool({
  ...about('shows'),
  scopes: [],
  input: z.object({}),
  run: (_args, given) =>
    `${inspect(given, { depth: 12, showHidden: true, getters: true })} ${inspect(given.user)}`,
});

/** The signal of the last call of `waits`, and who waits for it. */
let started: (signal: AbortSignal) => void = () => {};
export const nextWait = () =>
  new Promise<AbortSignal>((resolve) => {
    started = resolve;
  });
const waits = tool({
  ...about('waits'),
  scopes: [],
  input: z.object({}),
  async run(_args, { signal, progress }) {
    progress(1);
    started(signal);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return 'nobody is there';
  },
});

const note = resource({
  uri: 'note://{id}',
  name: 'note',
  mimeType: 'text/plain',
  scopes: ['todo:read'],
  read({ id }) {
    if (id === 'broken') throw new Error('The password is hunter2');
    return ['1', '2', '3'].includes(id) ? `note ${id}` : undefined;
  },
  list(_call, cursor) {
    const from = cursor === undefined ? 1 : Number(cursor);
    const page = { resources: [{ variables: { id: String(from) }, name: `Note ${from}` }] };
    return from < 3 ? { ...page, cursor: String(from + 1) } : page;
  },
  complete: { id: (typed) => Array.from({ length: 150 }, (_, n) => `${typed}${n}`) },
});
export const news = resource({
  uri: 'news://all',
  name: 'news',
  scopes: ['todo:read'],
  subscribe: true,
  cache: { ttlMs: 1000 },
  read: () => '',
});
const picture = resource({
  uri: 'picture://1',
  name: 'picture',
  mimeType: 'image/png',
  scopes: [],
  read: () => Buffer.from([0xff, 0xfe, 0]),
});
const guarded = resource({
  uri: 'guarded://1',
  name: 'guarded',
  scopes: [],
  read: async (_variables, { ask }) => (await ask('Open it?', sure)).action,
});
const review = prompt({
  name: 'review',
  description: 'review',
  scopes: ['todo:read'],
  arguments: z.object({ style: z.enum(['short', 'long']) }),
  complete: { style: (typed) => ['short', 'long'].filter((each) => each.startsWith(typed)) },
  run: ({ style }) => `Review it: ${style}`,
});
const broken = prompt({
  name: 'broken',
  description: 'broken',
  scopes: [],
  run: () => {
    throw new Error('The password is hunter2');
  },
});
const guided = prompt({
  name: 'guided',
  description: 'guided',
  scopes: [],
  run: async (_args, { ask }) => (await ask('Open it?', sure)).action,
});

export async function openGround(): Promise<Ground> {
  const tools = [echo, unlike, both, routed, steps, asks, waits, shows];
  const resources = [note, news, picture, guarded];
  const started = await start({ tools, resources, prompts: [review, broken, guided], instructions: 'Read.' });
  return { ...started, token: await started.scalekit.mint({ subject: 'usr_1' }) };
}

export const revision = '2026-07-28';
export const keys = {
  version: 'io.modelcontextprotocol/protocolVersion',
  client: 'io.modelcontextprotocol/clientInfo',
  capabilities: 'io.modelcontextprotocol/clientCapabilities',
  server: 'io.modelcontextprotocol/serverInfo',
  subscription: 'io.modelcontextprotocol/subscriptionId',
} as const;

export const envelope = (capabilities: object = {}) => ({
  [keys.version]: revision,
  [keys.client]: { name: 'raw', version: '1' },
  [keys.capabilities]: capabilities,
});

/** What differs from an ordinary request. A header that is undefined is not sent. */
export interface Different {
  readonly id?: unknown;
  readonly meta?: unknown;
  readonly capabilities?: object;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly token?: string;
  readonly message?: object;
}

/** @returns the headers and the message of an ordinary request, with what differs. */
export function requestOf(method: string, params: object = {}, different: Different = {}) {
  const { id = 1, capabilities, meta = envelope(capabilities), headers = {}, message = {} } = different;
  const { name, uri } = params as { name?: string; uri?: string };
  const mirrored = /^(?:tools\/call|resources\/read|prompts\/get)$/.test(method) ? (name ?? uri) : undefined;
  const all: Record<string, string | undefined> = {
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': revision,
    'mcp-method': method,
    'mcp-name': mirrored,
    ...headers,
  };
  const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const body = { jsonrpc: '2.0', id, method, params: { ...params, _meta: meta }, ...message };
  return { headers: Object.fromEntries(sent), body };
}

/** An answer whose body is looked at as a whole. */
export interface Reply extends Omit<Answer, 'json'> {
  readonly json: unknown;
}

/** Sends an ordinary request of 2026-07-28, but for what differs. */
export async function ask(
  { endpoint, token }: Ground,
  method: string,
  params: object = {},
  different: Different = {},
): Promise<Reply> {
  const request: Sent = { token: different.token ?? token, ...requestOf(method, params, different) };
  return await send(endpoint, request);
}

export const call = (name: string, args: object = {}) => ({ name, arguments: args });

/** @returns the messages of a stream of server-sent events. */
export function messagesIn(text: string): Array<Record<string, unknown>> {
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data));
}
