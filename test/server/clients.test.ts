// What clients of other protocol eras, languages and directories send, and what they cannot read.
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { envelope } from '../support/messages.ts';
import { call, echo, post, type Started, start, tool } from './support.ts';

const oddSchema = tool({
  name: 'odd_schema',
  title: 'Odd schema',
  description: 'Has what schemas can have.',
  scopes: [],
  input: z.object({
    note: z.string().max(5).nullable().optional().describe('A note'),
    flag: z.boolean().nullish(),
    // Looks like a schema, but is a value.
    type: z.enum(['a', 'b']).default('a'),
    list: z.array(z.number().nullable()).default([]),
    both: z.union([z.string(), z.number()]).optional(),
    record: z.record(z.string(), z.string().nullable()).optional(),
  }),
  output: z.object({ note: z.string().nullable() }),
  annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
  run: ({ note }) => ({ note: note ?? null }),
});

const reading = tool({
  name: 'reading',
  title: 'Reading',
  description: 'Reads.',
  scopes: [],
  input: z.object({}),
  output: z.object({}),
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: true },
  run: () => ({}),
});

interface Listed {
  readonly name: string;
  readonly title: string;
  readonly inputSchema: object;
  readonly outputSchema: object;
  readonly annotations: Readonly<Record<string, unknown>>;
}

let server: Started;
let token: string;
let tools: readonly Listed[];
beforeAll(async () => {
  server = await start({ tools: [echo, oddSchema, reading] });
  token = await server.scalekit.mint();
  tools = (await ask('tools/list')).result.tools;
});
afterAll(() => server.stop());

async function ask(method: string, params?: unknown) {
  const message = { jsonrpc: '2.0', id: 1, method, ...(params === undefined ? {} : { params }) };
  return (await (await post(server.endpoint, { token, message })).json()) as {
    result: { tools: readonly Listed[]; structuredContent: object };
    error?: object;
  };
}

describe('schemas', () => {
  it('compile with a validator of draft-07, and mean the same', () => {
    const schema = tools.find(({ name }) => name === 'odd_schema')?.inputSchema ?? {};
    const isValid = new Ajv({ strict: true, strictTypes: false }).compile(schema);
    for (const good of [
      {},
      { note: null },
      { note: 'abc' },
      { flag: false },
      { flag: null },
      { list: [1, null] },
    ])
      expect([good, isValid(good)]).toEqual([good, true]);
    for (const bad of [
      { note: 'abcdef' },
      { flag: 'yes' },
      { type: 'c' },
      { list: ['1'] },
      { record: { a: 1 } },
    ])
      expect([bad, isValid(bad)]).toEqual([bad, false]);
  });

  it('contain no dialect and no list of types, which clients drop or reject', () => {
    for (const { inputSchema, outputSchema } of tools) {
      const text = JSON.stringify([inputSchema, outputSchema]);
      expect(text).not.toContain('$schema');
      expect(text).not.toMatch(/"type":\[/);
    }
    expect(oddSchema.listing.outputSchema).toMatchObject({
      properties: { note: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
    });
  });
});

describe('hints', () => {
  it('are complete on every tool, with the title', () => {
    for (const { title, annotations } of tools)
      expect(annotations).toEqual({
        title,
        readOnlyHint: expect.any(Boolean),
        destructiveHint: expect.any(Boolean),
        idempotentHint: expect.any(Boolean),
        openWorldHint: expect.any(Boolean),
      });
  });

  it('say what was declared', () => {
    const hintsOf = (name: string) => tools.find((each) => each.name === name)?.annotations;
    expect(hintsOf('reading')).toMatchObject({ readOnlyHint: true, destructiveHint: false });
    expect(hintsOf('echo')).toMatchObject({ readOnlyHint: false, destructiveHint: true });
    expect(hintsOf('odd_schema')).toMatchObject({ destructiveHint: false, openWorldHint: false });
  });

  it('do not compile when one is left out, or when a read-only tool is destructive', () => {
    const rest = {
      name: 'x',
      title: 'X',
      description: 'X',
      scopes: [],
      input: z.object({}),
      output: z.object({}),
      run: () => ({}),
    };
    const annotations = { readOnlyHint: true, destructiveHint: false, openWorldHint: false } as const;
    const { title: _, ...untitled } = { ...rest, annotations };
    const declared = [
      // @ts-expect-error: without hints.
      () => tool(rest),
      // @ts-expect-error: without a word about the world.
      () => tool({ ...rest, annotations: { readOnlyHint: true, destructiveHint: false } }),
      // @ts-expect-error: it cannot be both.
      () => tool({ ...rest, annotations: { ...annotations, destructiveHint: true } }),
      // @ts-expect-error: without a title.
      () => tool(untitled),
    ];
    // It must not run either, if nothing type-checks it.
    expect(declared[0]).toThrow('The annotations of x lack readOnlyHint, destructiveHint, openWorldHint');
    expect(declared[1]).toThrow('The annotations of x lack openWorldHint. Expected: true or false');
  });
});

describe('names', () => {
  const named = (name: string) =>
    tool({
      name,
      title: 'Named',
      description: 'Has a name.',
      scopes: [],
      input: z.object({}),
      output: z.object({}),
      annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
      run: () => ({}),
    });

  it.each(['a', 'list_todos', 'list-todos', 'A1', 'x'.repeat(64)])('may be %s', (name) => {
    expect(named(name).listing.name).toBe(name);
  });

  it.each(['', 'x'.repeat(65), 'list todos', 'list.todos', 'todo/list', 'Ä', 'a\nb'])(
    'may not be %j, which models and directories refuse',
    (name) => {
      expect(() => named(name)).toThrow('Expected: letters, digits, _ and -, 64 characters at most');
    },
  );
});

describe('null for an absent value, as Go, Java and C# send it', () => {
  it.each([
    ['arguments', 'tools/call', { name: 'echo', arguments: null }],
    ['_meta', 'tools/call', { name: 'echo', arguments: {}, _meta: null }],
  ])('%s', async (_name, method, params) => {
    expect((await ask(method, params)).result.structuredContent).toEqual({ text: 'nothing' });
  });

  it.each([
    ['_meta.progressToken', 'tools/call', { name: 'echo', _meta: { progressToken: null } }],
    ['inside arrays of _meta', 'tools/call', { name: 'echo', _meta: { 'x.example/list': [{ a: null }] } }],
    [
      'in capabilities and clientInfo',
      'initialize',
      {
        protocolVersion: '2025-06-18',
        capabilities: { roots: null, sampling: null, elicitation: null, experimental: null },
        clientInfo: { name: 'x', version: '1', title: null, icons: null },
      },
    ],
  ])('deeper in the parameters: %s', async (_name, method, params) => {
    expect(await ask(method, params)).toHaveProperty('result');
  });

  it.each([[null], [{ cursor: null }], [{ _meta: null, cursor: null }]])(
    'tools/list with %j',
    async (params) => {
      expect((await ask('tools/list', params)).result.tools).toHaveLength(3);
    },
  );

  it('stays null within the arguments', async () => {
    const { structuredContent } = (await ask('tools/call', { name: 'odd_schema', arguments: { note: null } }))
      .result;
    expect(structuredContent).toEqual({ note: null });
  });

  it('is accepted in 2026-07-28, too', async () => {
    const message = { ...call('echo'), params: { name: 'echo', arguments: null, _meta: envelope } };
    const headers = {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'echo',
    };
    const answer = (await (await post(server.endpoint, { token, headers, message })).json()) as {
      result: { structuredContent: object };
    };
    expect(answer.result.structuredContent).toEqual({ text: 'nothing' });
  });
});

it.each(['tools/list', 'server/discover'])(
  'the answer to %s may be cached for a while (2026-07-28)',
  async (method) => {
    const message = {
      jsonrpc: '2.0',
      id: 1,
      method,
      params: {
        _meta: envelope,
      },
    };
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method };
    const { result } = (await (await post(server.endpoint, { token, headers, message })).json()) as {
      result: { ttlMs: number; cacheScope: string };
    };
    expect(result).toMatchObject({ ttlMs: 5000, cacheScope: 'private' });
  },
);

describe("Scalekit's metadata, for clients of 2025-03-26", () => {
  const url = () => new URL('/.well-known/oauth-authorization-server', server.endpoint);

  it('is passed on as Scalekit has it, open to scripts', async () => {
    const answer = await fetch(url());
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const { scalekit } = server;
    const theirs = `${scalekit.url}/resources/${scalekit.resourceId}/.well-known/oauth-authorization-server`;
    expect(await answer.json()).toEqual(await (await fetch(theirs)).json());
  });

  it('comes from the second form if the first is missing', async () => {
    const other = await start({ faults: { metadata: 'appended-only' } });
    const answer = await fetch(new URL(url().pathname, other.endpoint));
    expect(await answer.json()).toHaveProperty('registration_endpoint');
    await other.stop();
  });

  it('is 503 with a reason in the log while Scalekit does not answer, and the last good copy afterwards', async () => {
    const other = await start({ faults: { metadata: 'down' } });
    const there = new URL(url().pathname, other.endpoint);
    const refused = await fetch(there);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(other.log).toContainEqual(
      expect.objectContaining({ reason: 'metadata_unavailable', status: 503 }),
    );
    other.scalekit.fault({});
    const good = await (await fetch(there)).json();
    other.scalekit.fault({ metadata: 'down' });
    expect(await (await fetch(there)).json()).toEqual(good);
    await other.stop();
  });

  it('answers GET alone', async () => {
    expect((await fetch(url(), { method: 'POST' })).status).toBe(405);
    expect((await fetch(url(), { method: 'OPTIONS' })).status).toBe(204);
  });
});

describe('probes of the protocol are not logged as refusals', () => {
  /** Lines that are shown unless LOG_LEVEL is debug. */
  const seen = () => server.log.filter(({ level }) => level !== 'debug').length;

  it.each([
    ['GET', undefined, 401],
    ['HEAD', undefined, 401],
    ['DELETE', undefined, 401],
    ['GET', 'token', 405],
    ['DELETE', 'token', 405],
  ])('%s with %s: %d, and no line in the log', async (method, withToken, status) => {
    const lines = seen();
    const headers = withToken === undefined ? {} : { authorization: `Bearer ${token}` };
    expect((await fetch(server.endpoint, { method, headers })).status).toBe(status);
    expect(seen()).toBe(lines);
  });

  it('a request that ordinary clients do not send is logged', async () => {
    const lines = server.log.length;
    await fetch(server.endpoint, { method: 'PUT', headers: { authorization: `Bearer ${token}` } });
    await fetch(server.endpoint, { headers: { authorization: 'Bearer garbage' } });
    await fetch(new URL('/elsewhere', server.endpoint));
    expect(server.log.slice(lines).map(({ reason }) => reason)).toEqual([
      'method',
      'token_malformed',
      'not_found',
    ]);
  });
});
