// Public tools: what is open without a token, what is not, and how official clients come from one to the other.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createHandler } from '../../src/server/handler.ts';
import { ScalekitProvider } from '../../src/server/provider.ts';
import { challengeOf, type Sent, SignIn, send } from '../../src/server/testing/index.ts';
import type { Tool } from '../../src/server/tool.ts';
import { connect, generations } from './both-clients.ts';
import { call, echo, lastRefusal, prompt, resource, type Started, scopes, start, tool } from './support.ts';

const annotations = { readOnlyHint: true, destructiveHint: false, openWorldHint: false } as const;
const about = (name: string) => ({ name, title: name, description: name, annotations });

/** The callers who have asked for the list of a template. */
let asked: string[] = [];
const greet = tool({
  ...about('greet'),
  public: true,
  input: z.object({ name: z.string().default('you') }),
  output: z.object({ text: z.string(), user: z.string().optional(), scopes: z.array(z.string()) }),
  run: ({ name }, { user, scopes }) => ({ text: `Hello ${name}`, user: user?.subject, scopes: [...scopes] }),
});
const note = resource({
  uri: 'note://{id}',
  name: 'note',
  scopes: [],
  read: ({ id }, { user }) => `${user.subject}: ${id}`,
  list: ({ user }) => {
    asked.push(user.subject);
    return [{ variables: { id: '1' }, name: 'first' }];
  },
  complete: { id: () => ['1'] },
  subscribe: true,
});
const about1 = resource({ uri: 'about://server', name: 'about', scopes: [], read: () => 'about' });
const plan = prompt({ name: 'plan', description: 'Plans', scopes: [], run: () => 'plan' });
const declared = { tools: [greet, echo], resources: [note, about1], prompts: [plan] };

let server: Started;
let hiding: Started;
let closed: Started;
beforeAll(async () => {
  server = await start({ ...declared, autoApprove: true });
  hiding = await start({ ...declared, hideWhatIsRefused: true });
  closed = await start({ ...declared, tools: [echo] });
});
afterAll(() => Promise.all([server, hiding, closed].map((each) => each.stop())));

const message = (method: string, params: object = {}) => ({ jsonrpc: '2.0', id: 1, method, params });
const ask = (body: unknown, sent: Sent = {}) => send(server.endpoint, { body, ...sent });
const textOf = ({ content }: { content: ReadonlyArray<object> }) => (content[0] as { text: string }).text;

describe.each(generations)('%s without a token', (generation) => {
  it('connects, lists everything, and calls a public tool', async () => {
    const client = await connect(generation, server.endpoint, undefined);
    const { tools } = await client.inner.listTools();
    const schemes = tools.map(({ name, _meta }) => [name, _meta?.securitySchemes]);
    expect(schemes).toEqual([
      ['greet', [{ type: 'noauth' }, { type: 'oauth2', scopes: [] }]],
      ['echo', [{ type: 'oauth2', scopes: ['todo:read'] }]],
    ]);
    asked = [];
    expect((await client.inner.listResources()).resources.map(({ uri }) => uri)).toEqual(['about://server']);
    expect((await client.inner.listResourceTemplates()).resourceTemplates).toHaveLength(1);
    expect((await client.inner.listPrompts()).prompts).toHaveLength(1);
    expect(asked).toEqual([]);
    const { structuredContent } = await client.call('greet', { name: 'Ann' });
    expect(structuredContent).toEqual({ text: 'Hello Ann', scopes: [] });
    await client.close();
  });

  it('is refused for everything else', async () => {
    const client = await connect(generation, server.endpoint, undefined);
    await expect(client.call('echo')).rejects.toThrow();
    await expect(client.inner.readResource({ uri: 'about://server' })).rejects.toThrow();
    await expect(client.inner.getPrompt({ name: 'plan' })).rejects.toThrow();
    await client.close();
  });

  it('is asked to sign in by a protected tool, and can then call it', async () => {
    const person = new SignIn();
    const client = await connect(generation, server.endpoint, person);
    await client.inner.listTools();
    expect((await client.call('greet')).structuredContent).toMatchObject({ text: 'Hello you' });
    expect(person.authorizationUrl).toBeUndefined();
    await expect(client.call('echo', { text: 'mine' })).rejects.toThrow(/unauthorized/i);
    const scope = new Set(person.authorizationUrl?.searchParams.get('scope')?.split(' '));
    expect(scope).toContain('todo:read');
    await client.signedIn(await person.approve());
    expect((await client.call('echo', { text: 'mine' })).structuredContent).toEqual({ text: 'mine' });
    const known = (await client.call('greet')).structuredContent as { user?: string; scopes: string[] };
    expect(known.user).toMatch(/^usr_/);
    expect(known.scopes).toContain('todo:read');
    await client.close();
  });
});

describe('without a token', () => {
  it.each([
    'resources/read',
    'prompts/get',
    'completion/complete',
    'logging/setLevel',
    'tasks/list',
    'echo',
    '',
  ])('the method `%s` gets the answer of a server without public tools', async (method) => {
    const body = message(method, { uri: 'about://server', name: 'plan' });
    const [here, there] = [await ask(body), await send(closed.endpoint, { body })];
    expect(here.status).toBe(401);
    expect(challengeOf(here.headers)).toEqual({
      ...challengeOf(there.headers),
      resource_metadata: `${new URL(server.url).origin}/.well-known/oauth-protected-resource/mcp`,
    });
    expect(here.json.error.data.reason).toBe('no_token');
  });

  it('a protected tool answers 401 with its scopes and the base scopes, without an error code', async () => {
    const { status, headers, json } = await ask(call('echo'));
    expect([status, json.error.message]).toEqual([401, 'An access token is required']);
    const { scope, error } = challengeOf(headers);
    expect([scope, error]).toEqual(['todo:read todo:write', undefined]);
  });

  it('GET and DELETE answer 405, so that clients that want to listen carry on', async () => {
    for (const method of ['GET', 'DELETE'])
      expect((await send(server.endpoint, { method })).status).toBe(405);
    expect((await send(closed.endpoint, { method: 'GET' })).status).toBe(401);
  });

  it('notifications are accepted and change nothing', async () => {
    const body = { jsonrpc: '2.0', method: 'notifications/initialized' };
    expect((await ask(body)).status).toBe(202);
    expect((await send(closed.endpoint, { body })).status).toBe(401);
  });

  it('nothing is open if no tool is public', async () => {
    for (const method of ['initialize', 'ping', 'tools/list', 'server/discover'])
      expect((await send(closed.endpoint, { body: message(method) })).status).toBe(401);
    expect((await send(closed.endpoint, { body: call('greet') })).status).toBe(401);
  });

  it('lists only public tools if the owner hides the rest', async () => {
    const list = async (method: string) =>
      (await send(hiding.endpoint, { body: message(method) })).json.result as unknown as Record<
        string,
        object[]
      >;
    expect((await list('tools/list')).tools).toMatchObject([{ name: 'greet' }]);
    expect((await list('resources/list')).resources).toEqual([]);
    expect((await list('prompts/list')).prompts).toEqual([]);
  });

  it('ChatGPT gets the refusal as a result, which makes it ask its user to sign in', async () => {
    const headers = { 'user-agent': 'openai-mcp/1.0.0 (ChatGPT)' };
    const { status, headers: answered, json } = await ask(call('echo'), { headers });
    expect([status, json.result.isError]).toEqual([200, true]);
    expect(textOf(json.result)).toBe('{"error":"An access token is required"}');
    const { _meta } = json.result as unknown as { _meta: Record<string, string[]> };
    const [challenge = ''] = _meta['mcp/www_authenticate'] ?? [];
    expect(challengeOf({ 'www-authenticate': challenge })).toMatchObject({
      error: 'insufficient_scope',
      error_description: 'An access token is required',
      scope: 'todo:read todo:write',
      resource_metadata: `${new URL(server.url).origin}/.well-known/oauth-protected-resource/mcp`,
    });
    expect(challengeOf(answered).scope).toBe('todo:read todo:write');
    expect(lastRefusal(server)).toMatchObject({ event: 'refused', reason: 'no_token', status: 200 });
    // ChatGPT too gets 401 for anything but a call, and for everything if nothing is public.
    expect((await ask(message('resources/read', { uri: 'about://server' }), { headers })).status).toBe(401);
    expect((await send(closed.endpoint, { body: call('echo'), headers })).status).toBe(401);
  });

  it('the log has no subject', async () => {
    await ask(call('greet'));
    const logged = server.log.findLast(({ event }) => event === 'call');
    expect(logged).toMatchObject({ tool: 'greet', subject: undefined });
  });
});

describe('a handler', () => {
  const made = (limits: object, trustedProxies: number) => {
    const { url, resourceId } = server.scalekit;
    const auth = new ScalekitProvider({ environmentUrl: url, resourceId, mcpUrl: server.url, scopes });
    return createHandler({
      name: 'Test',
      version: '1',
      auth,
      tools: [greet, echo],
      limits,
      trustedProxies,
      log: () => {},
    });
  };
  const from = (address: string, body: object) =>
    new Request(server.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: JSON.stringify(body),
    });

  it('allows calls of public tools only', async () => {
    const handle = made({}, 0);
    const answer = (await (await handle(from('192.0.2.1', call('greet')))).json()) as {
      result: { structuredContent: object };
    };
    expect(answer.result.structuredContent).toMatchObject({ text: 'Hello you' });
    expect((await handle(from('192.0.2.1', message('tools/list')))).status).toBe(200);
    const refused = await handle(from('192.0.2.1', call('echo')));
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('resource_metadata="http');
  });

  it('counts by address if proxies are trusted, and otherwise all callers together', async () => {
    const statuses = async (trustedProxies: number) => {
      const handle = made({ requestsPerMinute: 1 }, trustedProxies);
      const asked = [];
      for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.1'])
        asked.push((await handle(from(address, message('ping')))).status);
      return asked;
    };
    expect(await statuses(1)).toEqual([200, 200, 429]);
    expect(await statuses(0)).toEqual([200, 429, 429]);
  });
});

describe('with a token', () => {
  it('a public tool gets the user, whatever the scopes', async () => {
    const token = await server.scalekit.mint({ scopes: [], subject: 'usr_1' });
    const { json } = await ask(call('greet'), { token });
    expect(json.result.structuredContent).toEqual({ text: 'Hello you', user: 'usr_1', scopes: [] });
  });

  it.each(['expired', 'garbage', 'other scheme', 'empty', 'no scheme'])(
    'a bad token is refused with 401 for a public tool as well (RFC 6750, section 3.1): %s',
    async (kind) => {
      const values: Record<string, string> = {
        expired: `Bearer ${await server.scalekit.mint({ expiresIn: -3600 })}`,
        garbage: 'Bearer garbage',
        'other scheme': 'Basic dXNlcjpwYXNz',
        empty: 'Bearer ',
        'no scheme': await server.scalekit.mint(),
      };
      const headers = { authorization: values[kind] ?? '' };
      for (const body of [call('greet'), message('tools/list'), message('initialize')])
        expect((await ask(body, { headers })).status).toBe(401);
    },
  );
});

describe('a declaration', () => {
  const basics = { ...about('x'), input: z.object({}) };
  const declare = (more: object) => () => tool({ ...basics, run: () => '', ...more } as never);

  it('has scopes or is public, but not both', () => {
    expect(declare({ public: true, scopes: [] })).toThrow('x is public and has scopes');
    expect(declare({})).toThrow('x has no scopes');
    expect(declare({ public: 'yes' })).toThrow('Expected: true or false');
    expect(declare({ public: false, scopes: [] })).not.toThrow();
  });

  it('tells the compiler that there may be no user', () => {
    const typed = (): readonly Tool[] => [
      // @ts-expect-error no user where there is no token
      tool({ ...basics, public: true, run: (_args, { user }) => user.subject }),
      tool({ ...basics, public: true, run: (_args, { user }) => user?.subject ?? 'nobody' }),
      tool({ ...basics, scopes: [], run: (_args, { user }) => user.subject }),
      // @ts-expect-error a public tool has no scopes
      tool({ ...basics, public: true, scopes: ['todo:read'], run: () => '' }),
      // @ts-expect-error one of the two
      tool({ ...basics, run: () => '' }),
    ];
    expect(typed).toBeTypeOf('function');
  });
});
