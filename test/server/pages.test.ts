// Lists that are too long for one page: cursors that clients return unchanged, and that grant no access.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ToolError } from '../../src/server/index.ts';
import { connect, generations } from './both-clients.ts';
import { post, prompt, resource, type Started, start } from './support.ts';

const ids = ['a', 'b', 'c', 'd', 'e'];
const pageOf = (cursor: string | undefined, owner: string) => {
  const from = cursor === undefined ? 0 : ids.indexOf(cursor) + 1;
  if (cursor !== undefined && from === 0) throw new ToolError('No page has given this cursor.');
  const page = ids.slice(from, from + 2);
  const isLast = from + 2 >= ids.length;
  return {
    resources: page.map((id) => ({ variables: { id }, name: `${id} of ${owner}` })),
    ...(!isLast && { cursor: page.at(-1) }),
  };
};
const many = resource({
  uri: 'many://{id}',
  name: 'many',
  scopes: ['todo:read'],
  read: ({ id }) => id,
  list: ({ user }, cursor) => pageOf(cursor, user.subject),
});
const secret = resource({
  uri: 'secret://{id}',
  name: 'secret',
  scopes: ['todo:write'],
  read: ({ id }) => id,
  list: (_call, cursor) => pageOf(cursor, 'somebody'),
});
const one = resource({ uri: 'one://x', name: 'one', scopes: ['todo:read'], read: () => 'x' });
const few = resource({
  uri: 'few://{id}',
  name: 'few',
  scopes: ['todo:read'],
  read: ({ id }) => id,
  list: () => [{ variables: { id: '1' }, name: 'the only one' }],
});
const greet = prompt({ name: 'greet', description: 'Greets.', scopes: ['todo:read'], run: () => 'Hello' });

let server: Started;
beforeAll(async () => {
  server = await start({ resources: [many, one, few, secret], prompts: [greet] });
});
afterAll(() => server.stop());

async function list(method: string, cursor: string | undefined, scopes: readonly string[] = ['todo:read']) {
  const token = await server.scalekit.mint({ subject: 'usr_1', scopes });
  const message = { jsonrpc: '2.0', id: 1, method, params: cursor === undefined ? {} : { cursor } };
  return (await (await post(server.endpoint, { token, message })).json()) as {
    result?: { resources: ReadonlyArray<{ uri: string; name: string }>; nextCursor?: string };
    error?: { code: number; message: string };
  };
}

describe('resources/list', () => {
  it('continues each template where its page ended, and lists nothing twice', async () => {
    const [uris, cursors]: [string[], string[]] = [[], []];
    let cursor: string | undefined;
    do {
      const { result } = await list('resources/list', cursor);
      uris.push(...(result?.resources.map(({ uri }) => uri) ?? []));
      cursor = result?.nextCursor;
      if (cursor !== undefined) cursors.push(cursor);
    } while (cursor !== undefined);
    expect(uris).toEqual([
      'one://x',
      'many://a',
      'many://b',
      'few://1',
      ...['c', 'd', 'e'].map((id) => `many://${id}`),
    ]);
    expect(cursors).toHaveLength(2);
    for (const each of cursors) expect(each).toMatch(/^[\w-]+$/);
  });

  it.each(generations)('is complete for the official client (%s)', async (generation) => {
    const token = await server.scalekit.mint({ scopes: ['todo:read', 'todo:write'] });
    const client = await connect(generation, server.endpoint, token);
    const found = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await client.inner.listResources(cursor === undefined ? undefined : { cursor });
      for (const { uri } of page.resources) found.add(uri);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    await client.close();
    expect(found.size).toBe(2 + 2 * ids.length);
  });

  it('a cursor gives no access to what the token may not list', async () => {
    const { result } = await list('resources/list', undefined, ['todo:write']);
    expect(result?.nextCursor).toBeDefined();
    const stolen = await list('resources/list', result?.nextCursor, ['todo:read']);
    expect(stolen.result).toEqual({ resources: [] });
  });

  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  it.each([
    '',
    'x',
    'a'.repeat(10_000),
    encoded(null),
    encoded({}),
    encoded([]),
    encoded(['many']),
    encoded([['nope', 'a']]),
    encoded([['many', 7]]),
    encoded([['many', { toString: 1 }]]),
    encoded([['__proto__', 'a']]),
    encoded([['many', 'never given']]),
  ])('answers -32602 to a cursor that it has not issued: %s', async (cursor) => {
    const { error, result } = await list('resources/list', cursor);
    expect(result).toBeUndefined();
    expect(error).toMatchObject({ code: -32_602, message: expect.stringMatching(/cursor/) });
  });
});

describe.each(['tools/list', 'prompts/list', 'resources/templates/list'])(
  '%s, which has one page',
  (method) => {
    it('answers -32602 to any cursor, and issues none', async () => {
      expect((await list(method, 'x')).error).toMatchObject({ code: -32_602 });
      expect((await list(method, undefined)).result).not.toHaveProperty('nextCursor');
    });
  },
);
