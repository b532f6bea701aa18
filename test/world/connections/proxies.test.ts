import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../../src/emulator/index.ts';
import { makeProject } from '../../security/project.ts';
import { startServer, unlimited } from '../../security/server.ts';
import { load, mixedRequests } from '../../support/load.ts';
import { lacks } from '../../support/needs.ts';
import { freePort } from '../../support/ports.ts';
import { isInstalled, nginxUpstream, type ProxyKind, proxyKinds, startProxy } from '../../support/proxies.ts';

let project: string;
beforeAll(async () => {
  project = await makeProject('todo');
});

const packages = new Map(
  proxyKinds.map(({ program, package: name = program }: ProxyKind) => [program, name]),
);
const needs = [...packages].map(([program, name]) => ({
  what: program,
  present: isInstalled(program),
  install: `apt-get install ${name}`,
}));
lacks('servers behind proxies', needs);

/** A server behind a proxy, and a good and a bad token for it. */
async function behind(kind: (typeof proxyKinds)[number], host: 'default' | 'passed') {
  const port = await freePort();
  const emulator = await startEmulator({ mcpUrl: `http://localhost:${port}/` });
  onTestFinished(() => emulator.close());
  const server = await startServer(project, emulator, {
    port,
    env: {
      ...unlimited,
      ...(host === 'default' && { ALLOWED_HOSTS: nginxUpstream }),
    },
  });
  onTestFinished(() => server.stop());
  await server.whenReady();
  const proxy = await startProxy(kind, { servers: [port], host });
  onTestFinished(() => proxy.stop());
  const [good, bad] = await Promise.all([emulator.mint(), emulator.mint({ foreignKey: true })]);
  return { proxy, requests: mixedRequests('/mcp', good, bad) };
}

describe.each(proxyKinds)('behind $name', (kind) => {
  const isMissing = !isInstalled(kind.program);

  test.skipIf(isMissing)(
    '10,000 mixed requests get the same answers as without it: no 502, no reset',
    async () => {
      const { proxy, requests } = await behind(kind, 'passed');
      const kept = await load({ port: proxy.port, requests, until: 8000 });
      const fresh = await load({ port: proxy.port, requests, until: 2000, connections: 'fresh' });
      expect({ kept: kept.wrong, fresh: fresh.wrong }, proxy.log).toEqual({ kept: {}, fresh: {} });
      for (const { answered } of [kept, fresh]) expect(Object.keys(answered)).toHaveLength(requests.length);
    },
  );

  test.skipIf(isMissing)('with the Host that it sends by default, once ALLOWED_HOSTS names it', async () => {
    const { proxy, requests } = await behind(kind, 'default');
    const { wrong } = await load({ port: proxy.port, requests, until: 320 });
    expect(wrong, proxy.log).toEqual({});
  });
});
