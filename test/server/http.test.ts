import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScalekitProvider } from '../../src/server/provider.ts';
import { until } from '../support/waiting.ts';
import { call, lastRefusal, post, type Started, scopes, start } from './support.ts';

let server: Started;
beforeAll(async () => {
  server = await start();
});
afterAll(() => server.stop());

/** The line that a request left in the log. */
async function refusedWith(token?: string, headers: Record<string, string> = {}) {
  const answer = await post(server.endpoint, {
    ...(token !== undefined && { token }),
    headers,
    message: call('echo'),
  });
  const body = (await answer.json()) as {
    error: { message: string; data: { reason: string; requestId: string } };
  };
  const { reason, requestId } = body.error.data;
  const line = server.log.find((each) => each.requestId === requestId);
  expect(line).toMatchObject({
    event: 'refused',
    reason,
    status: answer.status,
    message: body.error.message,
  });
  return line;
}

describe('a refused request leaves a line in the log', () => {
  it('with what is known about it', async () => {
    expect(await refusedWith()).toEqual({
      level: 'info',
      event: 'refused',
      reason: 'no_token',
      message: 'An access token is required',
      status: 401,
      method: 'POST',
      path: '/mcp',
      address: '127.0.0.1',
      clientId: undefined,
      subject: undefined,
      requestId: expect.stringMatching(/^[\da-f-]{36}$/),
    });
  });

  it("with the token's subject, if the signature is good", async () => {
    const subject = 'usr_42';
    expect(await refusedWith(await server.scalekit.mint({ subject, expiresIn: -120 }))).toMatchObject({
      subject,
    });
    expect(await refusedWith(await server.scalekit.mint({ subject, audience: 'res_9' }))).toMatchObject({
      subject,
    });
    expect(await refusedWith(await server.scalekit.mint({ subject, scopes: [] }))).toMatchObject({ subject });
    const foreign = await server.scalekit.mint({ subject, foreignKey: true });
    expect((await refusedWith(foreign))?.subject).toBeUndefined();
  });

  it('also for violations of the protocol', async () => {
    const token = await server.scalekit.mint();
    const headers = { 'mcp-protocol-version': '2026-07-28' };
    const answer = await post(server.endpoint, { token, headers, message: call('echo') });
    expect(answer.status).toBe(400);
    expect(lastRefusal(server)).toMatchObject({ reason: 'protocol', status: 400 });
  });

  it('never containing a token', async () => {
    const tokens = await Promise.all([
      server.scalekit.mint({ expiresIn: -120 }),
      server.scalekit.mint({ foreignKey: true }),
      server.scalekit.mint({ scopes: [] }),
    ]);
    for (const token of tokens) {
      await refusedWith(token);
      await fetch(`${server.endpoint}?access_token=${token}`, { method: 'POST' });
      await fetch(`${server.url}${token}`);
    }
    const log = JSON.stringify(server.log.map(({ path: _, ...line }) => line));
    for (const token of tokens) expect(log).not.toContain(token);
  });
});

describe("the doctor's requests", () => {
  const refusal = async (from: Started, endpoint = from.endpoint) => {
    const token = await server.scalekit.mint({ expiresIn: -120 });
    const headers = { 'user-agent': 'scalekit-mcp-doctor' };
    await post(endpoint, { token, headers, message: call('echo') });
    return from.log.filter(({ reason }) => reason !== undefined).at(-1);
  };

  it('leave no refusals in the log of a server on this machine', async () => {
    expect(await refusal(server)).toMatchObject({ level: 'debug', event: 'probe', reason: 'token_expired' });
  });

  it('are logged like any other when the URL is public', async () => {
    const { scalekit } = server;
    const deployed = await start({
      auth: new ScalekitProvider({
        environmentUrl: scalekit.url,
        resourceId: scalekit.resourceId,
        mcpUrl: 'https://mcp.example/',
        scopes,
      }),
      allowedHosts: ['localhost'],
    });
    try {
      const here = `${deployed.url}mcp`;
      expect(await refusal(deployed, here)).toMatchObject({ event: 'refused', reason: 'token_expired' });
    } finally {
      await deployed.stop();
    }
  });
});

describe('an address', () => {
  const addressOf = async (proxies: number, forwarded: string) => {
    const proxied = await start({ trustedProxies: proxies });
    try {
      await post(proxied.endpoint, { headers: { 'x-forwarded-for': forwarded }, message: call('echo') });
      return lastRefusal(proxied)?.address;
    } finally {
      await proxied.stop();
    }
  };

  it('is not taken from what a client claims', async () => {
    expect(await addressOf(0, '198.51.100.7')).toBe('127.0.0.1');
  });

  it('is the one seen by the outermost trusted proxy', async () => {
    expect(await addressOf(1, '203.0.113.1, 198.51.100.7')).toBe('198.51.100.7');
    expect(await addressOf(2, '6.6.6.6, 198.51.100.7, 10.0.0.1')).toBe('198.51.100.7');
  });

  it('is read without the port that some proxies add', async () => {
    expect(await addressOf(1, '198.51.100.7:51234')).toBe('198.51.100.7');
    expect(await addressOf(1, '[2001:db8::7]:51234')).toBe('2001:db8::7');
    expect(await addressOf(1, '::ffff:198.51.100.7')).toBe('198.51.100.7');
  });

  it("is the connection's if the proxy wrote none", async () => {
    for (const text of ['unknown', '', 'x'.repeat(1000), '198.51.100.7 evil']) {
      expect(await addressOf(1, text)).toBe('127.0.0.1');
    }
  });

  it("is the connection's if the request passed fewer proxies", async () => {
    expect(await addressOf(2, '198.51.100.7')).toBe('127.0.0.1');
  });
});

/** Sends bytes as they are, on a connection of their own. @returns what comes back until the other side closes. */
function raw(bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('close', () => resolve(text));
  });
}

describe('HTTP', () => {
  it('answers a refused body before it has arrived, and reads the rest before hanging up', async () => {
    const length = 100_000;
    const head = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`;
    const answer = await raw(head + 'x'.repeat(length));
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('hangs up on a refused body that never arrives', async () => {
    const answer = await raw('POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('answers pipelined requests in their order', async () => {
    const token = await server.scalekit.mint();
    const body = JSON.stringify(call('echo'));
    const good = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const bad = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const answers = await raw(good + bad);
    expect([...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '401']);
  });

  it.each(['GET', 'HEAD'])('serves metadata and health to %s', async (method) => {
    for (const path of ['.well-known/oauth-protected-resource', 'healthz', 'readyz']) {
      const answer = await fetch(server.url + path, { method });
      expect(answer.status).toBe(200);
      expect((await answer.text()) === '').toBe(method === 'HEAD');
    }
  });

  it('forbids caching and content sniffing on every answer', async () => {
    for (const path of ['mcp', 'healthz', 'nothing', '.well-known/oauth-protected-resource']) {
      const { headers } = await fetch(server.url + path);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('is alive at once, and ready once it has keys', async () => {
    const waiting = await start({ faults: { keys: 'down' } });
    try {
      expect((await fetch(`${waiting.url}healthz`)).status).toBe(200);
      const ready = await fetch(`${waiting.url}readyz`);
      expect(ready.status).toBe(503);
      expect(Number(ready.headers.get('retry-after'))).toBeGreaterThan(0);
      waiting.scalekit.fault({});
      await until('ready', async () => (await fetch(`${waiting.url}readyz`)).status === 200);
    } finally {
      await waiting.stop();
    }
  });
});

/** @returns the status of a call with any headers and bytes. */
async function statusOf(headers: Record<string, string>, before = ''): Promise<number | undefined> {
  const token = await server.scalekit.mint();
  const sent = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers };
  return await new Promise((resolve, reject) => {
    request(server.endpoint, { method: 'POST', headers: sent, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end(before + JSON.stringify(call('echo')));
  });
}

describe('a request as other programs write it', () => {
  it('may have a byte order mark before its body', async () => {
    expect(await statusOf({}, '\ufeff')).toBe(200);
    expect(await statusOf({}, '\ufeff\ufeff')).toBe(400);
  });

  it.each(['identity', 'Identity', ''])('may say that it is not compressed: "%s"', async (encoding) => {
    expect(await statusOf({ 'content-encoding': encoding })).toBe(200);
  });

  it.each(['gzip', 'identity, gzip', 'x-identity'])(
    'is refused if it may be compressed: %s',
    async (encoding) => {
      expect(await statusOf({ 'content-encoding': encoding })).toBe(415);
    },
  );

  it.each([
    ['localhost.', 200],
    ['LOCALHOST.:80', 200],
    ['localhost..', 403],
    ['[::1].', 403],
    ['.', 403],
    ['localhost.evil.example', 403],
  ])('may name its Host with a dot at the end: %s', async (host, status) => {
    expect(await statusOf({ host })).toBe(status);
  });

  it.each([[['not:a:host']], [['']], [['.']]])(
    'does not get in through an invalid entry of the list: %j',
    async (list) => {
      const strict = await start({ allowedHosts: list });
      try {
        const headers = { host: 'not:a:host', 'content-type': 'application/json' };
        const status = await new Promise((resolve, reject) => {
          request(strict.endpoint, { method: 'POST', headers, agent: false }, (answer) => {
            answer.resume();
            resolve(answer.statusCode);
          })
            .on('error', reject)
            .end('{}');
        });
        expect(status).toBe(403);
      } finally {
        await strict.stop();
      }
    },
  );
});

describe('bytes that are not HTTP', () => {
  it.each([
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'TLS'],
    ['the PROXY protocol', 'PROXY TCP4 198.51.100.7 203.0.113.1 51234 80\r\n', 'PROXY protocol'],
    ['its second version', '\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c', 'PROXY protocol'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'HTTP/2'],
    ['anything else', 'this is not HTTP\r\n\r\n', 'This is not an HTTP request'],
  ])('are explained to whoever runs the load balancer: %s', async (_name, bytes, words) => {
    expect(await raw(Buffer.from(bytes, 'latin1'))).toMatch(/^HTTP\/1\.1 400 /);
    expect(lastRefusal(server)).toMatchObject({
      reason: 'not_http',
      message: expect.stringContaining(words),
    });
  });
});
