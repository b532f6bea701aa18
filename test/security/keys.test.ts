import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, type TestContext, test } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import { until } from '../support/waiting.ts';
import { callTool } from './call.ts';
import { advance, movableClock } from './clock.ts';
import { makeProject } from './project.ts';
import { type Pair, type ServerSettings, startPair, startServer, unlimited } from './server.ts';

let project: string;

beforeAll(async () => {
  project = await makeProject('todo');
});

interface CallingPair extends Pair {
  /** A call with a good token that the server has not seen before. */
  readonly callWithNewToken: () => Promise<number>;
  /** A call with a token whose key id nobody knows. */
  readonly callWithUnknownKey: () => Promise<number>;
}

/** A local Scalekit with this fault from the start, and a server that trusts it. */
async function start(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  keys: Parameters<Emulator['fault']>[0]['keys'] = 'ok',
  settings: ServerSettings = {},
): Promise<CallingPair> {
  const env = { ...unlimited, ...settings.env };
  const { emulator, server, stop } = await startPair(project, { ...settings, env }, { keys });
  onTestFinished(stop);
  await (keys === 'ok' ? server.whenReady() : server.listening());
  const status = async (token: Promise<string>) =>
    (await callTool(server.endpoint, await token, 'list_todos')).status;
  return {
    emulator,
    server,
    callWithNewToken: () => status(emulator.mint()),
    callWithUnknownKey: () =>
      status(emulator.mint({ foreignKey: true, header: { kid: `snk_${Math.random()}` } })),
  };
}

describe.concurrent('the key server at the start', () => {
  test.for(['down', 'html', 'empty', 'huge', 'hang'] as const)(
    '%s: the server starts, says 503 and never 401, and recovers by itself',
    async (fault, context) => {
      const { expect } = context;
      const { emulator, server, callWithNewToken } = await start(context, fault);
      const answer = await callTool(server.endpoint, await emulator.mint(), 'list_todos');
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await fetch(server.ready)).status).toBe(503);
      expect((await fetch(new URL('/healthz', server.endpoint))).status).toBe(200);
      emulator.fault({});
      await until('a good token is let in', async () => (await callWithNewToken()) === 200, 20_000);
      expect((await fetch(server.ready)).status).toBe(200);
    },
  );

  test('down: however many tokens arrive, the key server is asked only a few times', async (context) => {
    const { expect } = context;
    const { emulator, callWithNewToken } = await start(context, 'down');
    const since = performance.now();
    const statuses = new Set<number>();
    while (performance.now() - since < 3000) {
      const answers = await Promise.all(Array.from({ length: 10 }, callWithNewToken));
      for (const status of answers) statuses.add(status);
    }
    expect([...statuses]).toEqual([503]);
    // At the start, and after 1 and 2 more seconds of back-off.
    expect(emulator.requestCount('/keys')).toBeLessThanOrEqual(4);
  });

  test('an endless answer is given up, not read to the end', async ({ expect, onTestFinished }) => {
    let sent = 0;
    const endless = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const block = `{"kty":"RSA","x":"${'y'.repeat(64 * 1024)}"},`;
      response.write('{"keys":[');
      const pump = () => {
        while (!response.destroyed && response.write(block)) sent += block.length;
      };
      response.on('drain', pump);
      pump();
    });
    await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void endless.close());
    const { port } = endless.address() as AddressInfo;
    const server = await startServer(project, {
      url: `http://127.0.0.1:${port}`,
      resourceId: 'res_1',
      clientId: 'skc_1',
    });
    onTestFinished(() => server.stop());
    await server.program.says(/keys_unavailable/);
    // What fits into the buffers between two processes, and not the rest.
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });
});

describe.concurrent('the key server later on', () => {
  test.for(['down', 'html', 'empty', 'huge', 'hang', 'slow'] as const)(
    '%s: good tokens are accepted at once with the keys at hand',
    async (fault, context) => {
      const { expect } = context;
      const { emulator, callWithNewToken, callWithUnknownKey } = await start(context);
      emulator.fault({ keys: fault });
      const unknown = { settled: false, answer: callWithUnknownKey() };
      void unknown.answer.finally(() => {
        unknown.settled = true;
      });
      expect(await callWithNewToken()).toBe(200);
      expect(await callWithNewToken()).toBe(200);
      // The key server takes seconds to answer, or never does: other callers must not wait for it.
      if (fault === 'slow' || fault === 'hang') expect(unknown.settled).toBe(false);
      // Whether this key exists can't be known now, unless the key server has answered after all.
      expect(await unknown.answer).toBe(fault === 'slow' ? 401 : 503);
      expect(await callWithNewToken()).toBe(200);
    },
  );

  test('down for hours: the last good keys serve, then no more, and the server recovers', async (context) => {
    const { expect } = context;
    const { emulator, server } = await start(context, 'ok', {
      altered: movableClock,
      env: { CLOCK_STEP: String(4 * 60 * 60) },
    });
    const call = async (hours: number) => {
      const iat = Math.floor(Date.now() / 1000) + hours * 3600;
      const token = await emulator.mint({ claims: { iat, nbf: iat, exp: iat + 600 } });
      return (await callTool(server.endpoint, token, 'list_todos')).status;
    };
    emulator.fault({ keys: 'down' });
    for (const hours of [4, 8]) {
      await advance(server);
      expect(await call(hours), `after ${hours} hours`).toBe(200);
    }
    await advance(server);
    await advance(server);
    expect(await call(16)).toBe(503);
    emulator.fault({});
    await until('a good token is let in', async () => (await call(16)) === 200);
  });

  test('a withdrawn key is forgotten within minutes, without a request for another one', async (context) => {
    const { expect } = context;
    const { emulator, server } = await start(context, 'ok', {
      altered: movableClock,
      env: { CLOCK_STEP: '600' },
    });
    const old = await emulator.mint();
    expect((await callTool(server.endpoint, old, 'list_todos')).status).toBe(200);
    await emulator.rotateKeys();
    await advance(server);
    await until(
      'the withdrawn key is refused',
      async () => (await callTool(server.endpoint, old, 'list_todos')).status === 401,
    );
  });
});

describe.concurrent('a rotation', () => {
  test('is noticed at once, and the old key is refused, also for tokens accepted before', async (context) => {
    const { expect } = context;
    const { emulator, server, callWithNewToken } = await start(context);
    const old = await emulator.mint();
    expect((await callTool(server.endpoint, old, 'list_todos')).status).toBe(200);
    await emulator.rotateKeys();
    expect(await callWithNewToken()).toBe(200);
    expect((await callTool(server.endpoint, old, 'list_todos')).status).toBe(401);
  });

  test('is noticed in the middle of a flood of unknown keys', async (context) => {
    const { expect } = context;
    const { emulator, callWithNewToken, callWithUnknownKey } = await start(context);
    const flood = { on: true };
    const flooding = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (flood.on) await callWithUnknownKey();
      }),
    );
    const asked = emulator.requestCount('/keys');
    await until('the flood has made the server look again', () => emulator.requestCount('/keys') > asked);
    await emulator.rotateKeys();
    const since = performance.now();
    let sentAt = since;
    await until('a token of the new key is let in', async () => {
      sentAt = performance.now();
      return (await callWithNewToken()) === 200;
    });
    // test/server/keys.test.ts checks the exact second; here a busy machine gets some tolerance.
    expect(sentAt - since).toBeLessThan(15_000);
    flood.on = false;
    await flooding;
  });

  test('that keeps the old key accepts both', async (context) => {
    const { expect } = context;
    const { emulator, server, callWithNewToken } = await start(context);
    const old = await emulator.mint();
    await emulator.rotateKeys({ keepOld: true });
    expect(await callWithNewToken()).toBe(200);
    expect((await callTool(server.endpoint, old, 'list_todos')).status).toBe(200);
  });
});

describe.concurrent('a flood of unknown keys', () => {
  test('costs one fetch per cooldown, and delays nobody else', async (context) => {
    const { expect } = context;
    const { emulator, callWithNewToken, callWithUnknownKey } = await start(context);
    const before = emulator.requestCount('/keys');
    const since = performance.now();
    const statuses = new Set<number>();
    let slowest = 0;
    let sent = 0;
    while (performance.now() - since < 4500 || sent < 200) {
      const answers = await Promise.all(Array.from({ length: 16 }, callWithUnknownKey));
      for (const status of answers) statuses.add(status);
      sent += answers.length;
      const start = performance.now();
      expect(await callWithNewToken()).toBe(200);
      slowest = Math.max(slowest, performance.now() - start);
    }
    expect([...statuses]).toEqual([401]);
    const seconds = Math.floor((performance.now() - since) / 1000);
    expect(emulator.requestCount('/keys') - before).toBeLessThanOrEqual(1 + seconds);
    // A busy machine is slow too; a call that waited for the key server would take longer still.
    expect(slowest).toBeLessThan(15_000);
  });
});
