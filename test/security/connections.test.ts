import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, type TestContext, test } from 'vitest';
import { toolCall } from '../support/messages.ts';
import { until } from '../support/waiting.ts';
import { headerOf, lastAnswer, send, type WireAnswer } from './attack/wire.ts';
import { callTool } from './call.ts';
import { makeProject } from './project.ts';
import { occupyPort, type Pair, type RunningServer, type ServerSettings, startPair } from './server.ts';

let project: string;
beforeAll(async () => {
  project = await makeProject('todo');
});

/** For tests of the standard settings that leave the server as it was. */
let standard: Awaited<ReturnType<typeof startPair>>;
beforeAll(async () => {
  standard = await startPair(project);
  await standard.server.whenReady();
});
afterAll(() => standard?.stop());

async function pairFor({ onTestFinished }: TestContext, settings: ServerSettings = {}): Promise<Pair> {
  const pair = await startPair(project, settings);
  onTestFinished(pair.stop);
  return pair;
}

const message = JSON.stringify(toolCall('list_todos'));

interface Raw {
  readonly method?: string;
  readonly target?: string;
  readonly version?: '1.0' | '1.1';
  readonly headers?: readonly string[];
  readonly body?: string;
  /** Announces a longer body than is sent. */
  readonly promised?: number;
}

/** A request as bytes. */
function raw({
  method = 'POST',
  target = '/mcp',
  version = '1.1',
  headers = [],
  body,
  promised,
}: Raw): string {
  const length = body === undefined ? [] : [`Content-Length: ${promised ?? Buffer.byteLength(body)}`];
  const lines = [`${method} ${target} HTTP/${version}`, 'Host: localhost', ...headers, ...length];
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`;
}

const bearer = (token: string) => [`Authorization: Bearer ${token}`, 'Content-Type: application/json'];
const peer = ({ port }: RunningServer) => ({ host: '127.0.0.1', port, tls: false });

/** Every kind of answer that the server has: name, request, status. */
const kinds: ReadonlyArray<readonly [name: string, request: (token: string) => Raw, status: number]> = [
  ['a call', (token) => ({ headers: bearer(token), body: message }), 200],
  ['no token', () => ({ headers: ['Content-Type: application/json'], body: message }), 401],
  ['no token, and the body still to come', () => ({ body: '{', promised: 50_000 }), 401],
  ['a bad token', () => ({ headers: bearer('a.b.c'), body: message }), 401],
  ['a large body', (token) => ({ headers: bearer(token), body: 'x'.repeat(300_000) }), 413],
  ['no JSON', (token) => ({ headers: bearer(token), body: '{' }), 400],
  ['GET', (token) => ({ method: 'GET', headers: bearer(token) }), 405],
  ['DELETE', (token) => ({ method: 'DELETE', headers: bearer(token) }), 405],
  ['a preflight', () => ({ method: 'OPTIONS' }), 204],
  ['metadata', () => ({ method: 'GET', target: '/.well-known/oauth-protected-resource' }), 200],
  ['HEAD', () => ({ method: 'HEAD', target: '/healthz' }), 200],
  ['readiness', () => ({ method: 'GET', target: '/readyz' }), 200],
  ['an unknown path', () => ({ method: 'GET', target: '/nothing' }), 404],
  ['a foreign Origin', () => ({ headers: ['Origin: https://evil.example'], body: message }), 403],
];

describe('an answer says `Connection: close` (RFC 9112 §9.6)', () => {
  test.for(kinds)('%s: if the client asked for it, and to HTTP/1.0', async ([, request, status], context) => {
    const { expect } = context;
    const { emulator, server } = standard;
    const token = await emulator.mint();
    const asked = request(token);
    const closing = raw({ ...asked, headers: [...(asked.headers ?? []), 'Connection: close'] });
    const old = raw({ ...asked, version: '1.0' });
    for (const bytes of [closing, old]) {
      const { answers, end } = await send(peer(server), bytes, { answers: 'close' });
      expect(answers.map((answer) => [answer.status, headerOf(answer, 'connection')])).toEqual([
        [status, 'close'],
      ]);
      expect(end, 'and then the server closes').toBe('closed');
    }
  });

  test.for(kinds.filter(([name]) => !name.includes('still to come')))(
    '%s: not if nobody asked, and the connection serves the next request',
    async ([, request, status], context) => {
      const { expect } = context;
      const { emulator, server } = standard;
      const bytes = raw(request(await emulator.mint()));
      const next = raw({ method: 'GET', target: '/healthz' });
      const { answers } = await send(peer(server), bytes, { later: soon(next), answers: 2 });
      expect(answers.map((answer) => [answer.status, headerOf(answer, 'connection')])).toEqual([
        [status, 'keep-alive'],
        [200, 'keep-alive'],
      ]);
    },
  );
});

const soon = async (text: string) => Buffer.from(text);

describe('a kept connection', () => {
  test('is kept for 65 seconds, and the answer says so', async (context) => {
    const { server } = standard;
    const answer = lastAnswer(await send(peer(server), raw({ method: 'GET', target: '/healthz' })));
    context.expect(headerOf(answer, 'keep-alive')).toBe('timeout=65');
  });

  test('is kept for KEEP_ALIVE_SECONDS', async (context) => {
    const { expect } = context;
    const { server } = await pairFor(context, { env: { KEEP_ALIVE_SECONDS: '620' } });
    await server.whenReady();
    const answer = lastAnswer(await send(peer(server), raw({ method: 'GET', target: '/healthz' })));
    expect(headerOf(answer, 'keep-alive')).toBe('timeout=620');
    const { server: hasty } = await pairFor(context, { env: { KEEP_ALIVE_SECONDS: '1' } });
    await hasty.whenReady();
    const { end } = await send(peer(hasty), raw({ method: 'GET', target: '/healthz' }), { answers: 'close' });
    expect(end).toBe('closed');
  });
});

describe('a request target in absolute form (RFC 9112 §3.2.2)', () => {
  test.for([
    ['http://localhost/mcp', 200],
    ['http://127.0.0.1:3002/mcp', 200],
    ['HTTP://LOCALHOST/mcp?x=1', 200],
    ['https://localhost/mcp', 200],
    ['http://evil.example/mcp', 403],
    ['http://localhost@evil.example/mcp', 403],
    ['http://localhost/nothing', 404],
    ['http://localhost', 404],
  ] as const)('%s is answered %i', async ([target, status], context) => {
    const { emulator, server } = standard;
    const token = await emulator.mint();
    const answer = lastAnswer(
      await send(peer(server), raw({ target, headers: bearer(token), body: message })),
    );
    context.expect(answer.status).toBe(status);
  });

  test('outweighs the Host header', async (context) => {
    const { emulator, server } = standard;
    const token = await emulator.mint();
    const bytes = raw({ target: 'http://localhost/mcp', headers: bearer(token), body: message });
    const answer = lastAnswer(
      await send(peer(server), bytes.replace('Host: localhost', 'Host: inner.example')),
    );
    context.expect(answer.status).toBe(200);
  });
});

describe('large headers', () => {
  const padded = (bytes: number) => [`X-Padding: ${'x'.repeat(bytes)}`];

  test('a token of 30 KB is read', async (context) => {
    const { emulator, server } = standard;
    const token = await emulator.mint({ claims: { groups: Array(1000).fill('a group of this user') } });
    context.expect(token.length).toBeGreaterThan(28_000);
    context.expect((await callTool(server.endpoint, token, 'list_todos')).status).toBe(200);
  });

  const refusal = (server: RunningServer) => server.log.find(({ reason }) => reason === 'headers_size');

  test('more than 64 KB: 431 in JSON, readable in a browser, and a line in the log', async (context) => {
    const { expect } = context;
    const { server } = standard;
    const { answers, end } = await send(peer(server), raw({ headers: padded(70_000), body: message }), {
      answers: 'close',
    });
    expect(end).toBe('closed');
    const [answer] = answers as [WireAnswer];
    expect(answer.status).toBe(431);
    expect(headerOf(answer, 'content-type')).toBe('application/json');
    expect(headerOf(answer, 'access-control-allow-origin')).toBe('*');
    expect(headerOf(answer, 'connection')).toBe('close');
    expect(headerOf(answer, 'cache-control')).toBe('no-store');
    const { error } = JSON.parse(answer.body);
    expect(error.message).toContain('MAX_HEADER_BYTES');
    expect(error.data.reason).toBe('headers_size');
    await until('it is in the log', () => refusal(server));
    expect(refusal(server)).toMatchObject({ event: 'refused', status: 431, address: '127.0.0.1' });
  });

  test('MAX_HEADER_BYTES changes the limit', async (context) => {
    const { expect } = context;
    const { server } = await pairFor(context, { env: { MAX_HEADER_BYTES: '8192' } });
    await server.whenReady();
    const status = async (bytes: number) =>
      lastAnswer(await send(peer(server), raw({ headers: padded(bytes), body: message }))).status;
    expect([await status(4000), await status(9000)]).toEqual([401, 431]);
  });

  test('bytes that are not HTTP: 400 in JSON, and a line in the log', async (context) => {
    const { expect } = context;
    const { server } = standard;
    const answer = lastAnswer(await send(peer(server), 'this is not HTTP\r\n\r\n', { answers: 'close' }));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body).error.data.reason).toBe('not_http');
    await until('it is in the log', () => server.log.find(({ reason }) => reason === 'not_http'));
  });
});

describe('localhost is two addresses', () => {
  test.for(['127.0.0.1', '[::1]', 'localhost'])('the server answers at %s', async (host, context) => {
    const { server } = standard;
    context.expect((await fetch(`http://${host}:${server.port}/healthz`)).status).toBe(200);
  });

  test('and at no other address of this machine', async (context) => {
    const { server } = standard;
    await context.expect(fetch(`http://127.0.0.2:${server.port}/healthz`)).rejects.toThrow('fetch failed');
  });

  test('another program at [::1] that would get our clients is named, and the server does not start', async (context) => {
    const { expect } = context;
    const port = await occupyPort(context, '::1');
    const { server } = await pairFor(context, { port });
    const { code, stderr } = await server.program.ended();
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} of [::1] is taken by another program`);
  });
});

describe('HOST', () => {
  test.for(['x86_64-conda-linux-gnu', 'no-such-host.invalid'])(
    '%s, of the shell: named, with its value',
    async (host, context) => {
      const { expect } = context;
      const { server } = await pairFor(context, { env: { HOST: host } });
      const { code, stderr } = await server.program.ended();
      expect(code).toBe(1);
      expect(stderr).toContain(`HOST is \`${host}\``);
      expect(stderr).toMatch(/unset HOST/);
      expect(stderr).not.toMatch(/\bis ready\b|getaddrinfo|\\n\s+at /);
    },
  );

  test('127.0.1.1, the address of a Debian machine’s name: "ready" names only addresses that answer', async (context) => {
    const { expect } = context;
    const { server } = await pairFor(context, { env: { HOST: '127.0.1.1' } });
    await server.program.says(/HOST is `127\.0\.1\.1`/);
    expect(server.program.output).not.toMatch(/is ready at/);
    expect((await fetch(`http://127.0.1.1:${server.port}/healthz`)).status).toBe(200);
  });

  test('an address that this machine does not have is named', async (context) => {
    const { server } = await pairFor(context, { env: { HOST: '192.0.2.1' } });
    const { stderr } = await server.program.ended();
    context.expect(stderr).toContain('HOST is `192.0.2.1`');
  });
});

describe('a proxy in front that is not configured', () => {
  const forwarded = { 'x-forwarded-for': '203.0.113.7' };

  test('an untrusted X-Forwarded-For is reported once, with the variable to set', async (context) => {
    const { expect } = context;
    const { server } = await pairFor(context);
    await server.whenReady();
    for (let n = 0; n < 3; n += 1) await fetch(server.endpoint, { method: 'POST', headers: forwarded });
    await until('it is said', () => server.log.some(({ event }) => event === 'proxy_not_trusted'));
    await server.stop();
    const lines = server.log.filter(({ event }) => event === 'proxy_not_trusted');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'warn', message: expect.stringContaining('TRUSTED_PROXIES') });
  });

  test('is not reported if it is trusted', async (context) => {
    const { server } = await pairFor(context, { env: { TRUSTED_PROXIES: '1' } });
    await server.whenReady();
    await fetch(server.endpoint, { method: 'POST', headers: forwarded });
    await server.stop();
    context.expect(server.log.filter(({ event }) => event === 'proxy_not_trusted')).toEqual([]);
  });

  test('1,000 bad tokens of one client keep nobody else from signing in', async (context) => {
    const { expect } = context;
    const { emulator, server } = await pairFor(context, { env: { REFUSED_TOKENS_PER_MINUTE: '3' } });
    await server.whenReady();
    const bad = await emulator.mint({ foreignKey: true });
    for (let n = 0; n < 3; n += 1) await callTool(server.endpoint, bad, 'list_todos');
    const limited = await callTool(server.endpoint, bad, 'list_todos');
    expect(limited.status).toBe(429);
    expect(limited.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(limited.headers.get('www-authenticate')).toMatch(
      /^Bearer error="invalid_token".* resource_metadata="http/,
    );
    const none = await callTool(server.endpoint, undefined, 'list_todos');
    expect([none.status, none.headers.has('www-authenticate')]).toEqual([401, true]);
    expect((await callTool(server.endpoint, await emulator.mint(), 'list_todos')).status).toBe(200);
  });

  test('REFUSED_TOKENS_PER_MINUTE=0 refuses as many as come with 401', async (context) => {
    const { emulator, server } = await pairFor(context, { env: { REFUSED_TOKENS_PER_MINUTE: '0' } });
    await server.whenReady();
    const bad = await emulator.mint({ foreignKey: true });
    const statuses = new Set<number>();
    for (let n = 0; n < 1200; n += 1)
      statuses.add((await callTool(server.endpoint, bad, 'list_todos')).status);
    context.expect([...statuses]).toEqual([401]);
  });
});

/** A connection that stays open; each call sends a request and returns its answer. */
async function keptConnection(server: RunningServer) {
  const socket = connect({ host: '127.0.0.1', port: server.port });
  await once(socket, 'connect');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  return {
    socket,
    async get(path: string): Promise<string> {
      text = '';
      socket.write(raw({ method: 'GET', target: path }));
      return await until(`the answer of ${path}`, () => (/\r\n\r\n.+/s.test(text) ? text : undefined));
    },
  };
}

describe('SIGTERM', () => {
  const production = { DRAIN_SECONDS: '20' };

  test('with DRAIN_SECONDS: /readyz says 503, every answer `Connection: close`, and calls are served', async (context) => {
    const { expect } = context;
    const { emulator, server } = await pairFor(context, { env: production });
    await server.whenReady();
    const kept = await keptConnection(server);
    expect(await kept.get('/readyz')).toMatch(/^HTTP\/1\.1 200 /);
    server.program.child.kill('SIGTERM');
    await server.program.says(/"event":"draining"/);
    const ready = await fetch(server.ready);
    expect([ready.status, ready.headers.get('connection')]).toEqual([503, 'close']);
    const called = await callTool(server.endpoint, await emulator.mint(), 'list_todos');
    expect([called.status, called.headers.get('connection')]).toEqual([200, 'close']);
    expect((await fetch(new URL('healthz', server.endpoint))).status).toBe(200);
    const closed = once(kept.socket, 'close');
    expect(await kept.get('/healthz')).toMatch(/\r\nConnection: close\r\n/i);
    await closed;
    expect(server.program.running).toBe(true);
    server.program.child.kill('SIGTERM');
    expect(await server.program.ended()).toMatchObject({ code: 0, signal: null });
  });

  test.for(['SIGINT', 'SIGTERM'] as const)(
    'then %s: it ends at once, whatever is under way',
    async (second, context) => {
      const { expect } = context;
      const { emulator, server } = await pairFor(context, { env: production });
      await server.whenReady();
      const half = raw({ headers: bearer(await emulator.mint()), body: '{', promised: 100 });
      const under = send(peer(server), half, { answers: 'close', timeoutMs: 30_000 });
      await fetch(server.ready);
      server.program.child.kill('SIGTERM');
      await server.program.says(/"event":"draining"/);
      const since = performance.now();
      server.program.child.kill(second);
      expect(await server.program.ended()).toMatchObject({ code: 0, signal: null });
      // Not when the drain ends.
      expect(performance.now() - since).toBeLessThan(18_000);
      await under;
    },
  );

  test('it ends by itself after DRAIN_SECONDS', async (context) => {
    const { server } = await pairFor(context, { env: { DRAIN_SECONDS: '1' } });
    await server.whenReady();
    server.program.child.kill('SIGTERM');
    context.expect(await server.program.ended()).toMatchObject({ code: 0, signal: null });
    context
      .expect(server.log.map(({ event }) => event))
      .toEqual(context.expect.arrayContaining(['draining', 'closing']));
  });

  test.for([
    ['by default', {}, undefined],
    ['in production', { NODE_ENV: 'production' }, 5],
    ['in production by APP_ENV', { APP_ENV: 'production' }, 5],
  ] as const)('%s', async ([, env, seconds], context) => {
    const { expect } = context;
    const real = {
      SCALEKIT_ENVIRONMENT_URL: 'https://acme.scalekit.invalid',
      MCP_URL: 'https://mcp.example.com/',
    };
    const { server } = await pairFor(context, { env: seconds ? { ...env, ...real } : env });
    await server.listening();
    server.program.child.kill('SIGTERM');
    await server.program.says(seconds ? /"event":"draining"/ : /"event":"closing"/);
    expect(server.log.find(({ event }) => event === 'draining')?.seconds).toBe(seconds);
  });
});
