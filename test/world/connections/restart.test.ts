import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts';
import { makeProject } from '../../security/project.ts';
import { type RunningServer, startServer, unlimited } from '../../security/server.ts';
import { callRequests, load } from '../../support/load.ts';
import { freePort } from '../../support/ports.ts';
import {
  isInstalled,
  proxyKinds,
  type RunningProxy,
  startBalancer,
  startProxy,
} from '../../support/proxies.ts';
import { until } from '../../support/waiting.ts';

let project: string;
beforeAll(async () => {
  project = await makeProject('todo');
});

async function startReplica(emulator: Emulator, port: number): Promise<RunningServer> {
  const env = { ...unlimited, DRAIN_SECONDS: '2', KEEP_ALIVE_SECONDS: '620' };
  const server = await startServer(project, emulator, { port, env });
  onTestFinished(() => server.stop());
  return await server.whenReady();
}

/** Two replicas behind something, replaced one after the other while calls come. @returns what went wrong. */
async function rollingRestart(
  front: (ports: readonly number[]) => Promise<RunningProxy>,
  connections: 'kept' | 'fresh',
) {
  const ports = [await freePort(), await freePort()];
  const emulator = await startEmulator({ mcpUrl: `http://localhost:${ports[0]}/` });
  onTestFinished(() => emulator.close());
  let replicas = await Promise.all(ports.map((port) => startReplica(emulator, port)));
  const proxy = await front(ports);
  onTestFinished(() => proxy.stop());
  let done = false;
  const requests = callRequests('/mcp', await emulator.mint());
  const running = load({ port: proxy.port, requests, until: () => done, clients: 16, connections });
  for (let round = 0; round < 2; round += 1) {
    for (const [index, port] of ports.entries()) {
      const old = replicas[index] as RunningServer;
      old.program.child.kill('SIGTERM');
      expect(await old.program.ended()).toMatchObject({ code: 0, signal: null });
      const next = await startReplica(emulator, port);
      // As in a rolling deployment, the next one waits until the balancer has found this one ready.
      await until('the new replica gets calls', () => next.log.some(({ event }) => event === 'call'));
      replicas = replicas.with(index, next);
    }
  }
  done = true;
  const result = await running;
  expect(result.count).toBeGreaterThan(300);
  return { wrong: result.wrong, log: proxy.log };
}

describe('a rolling restart under load loses nothing', () => {
  test.for([
    ['connections kept for ever', true, 'kept'],
    ['a new connection for each request', false, 'fresh'],
  ] as const)('behind a balancer that repeats nothing: %s', async ([, pooled, connections]) => {
    const { wrong, log } = await rollingRestart(
      (servers) => startBalancer({ servers, pooled, readyPath: '/readyz' }),
      connections,
    );
    expect(wrong, log).toEqual({});
  });

  const haproxy = proxyKinds.find(({ program }) => program === 'haproxy');
  test.skipIf(!isInstalled('haproxy'))('behind HAProxy, which asks /readyz', async () => {
    if (!haproxy) throw new Error('there is no HAProxy among the proxies');
    const { wrong, log } = await rollingRestart(
      (servers) => startProxy(haproxy, { servers, readyPath: '/readyz' }),
      'kept',
    );
    expect(wrong, log).toEqual({});
  });
});
