import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { gatherFacts } from '../../src/doctor/gather/index.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const { signal } = new AbortController();

/** A server that takes its time with every answer. @returns its URL. */
async function slowServer(milliseconds: number): Promise<string> {
  const server = createServer((_request, response) => {
    setTimeout(() => response.writeHead(401, { 'www-authenticate': 'Bearer' }).end('{}'), milliseconds);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

/** What the doctor needs for a server, in seconds. */
async function secondsFor(url: string): Promise<number> {
  const directory = await temporaryDirectory();
  const startedAt = performance.now();
  await gatherFacts({ directory, env: {}, home: directory, url, token: 'a.b.c', offline: false, signal });
  return (performance.now() - startedAt) / 1000;
}

test.concurrent('waits 5 s for a server that never answers', async () => {
  const seconds = await secondsFor(await slowServer(60_000));
  expect(seconds).toBeGreaterThan(4.5);
  expect(seconds).toBeLessThan(7);
});

test.concurrent('waits 15 s in all for a server that takes 4 s for each answer', async () => {
  const seconds = await secondsFor(await slowServer(4000));
  expect(seconds).toBeGreaterThan(12);
  expect(seconds).toBeLessThan(16.5);
});
