import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { gatherFacts } from '../../src/doctor/gather/index.ts';
import { temporaryDirectory } from '../support/temporary.ts';

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

test('stops while a server keeps it waiting, says why, and leaves no failure behind', async () => {
  const interruption = new AbortController();
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const url = await listen(() => interruption.abort(new Error('Interrupted.')));
  const directory = await temporaryDirectory();
  const target = { directory, env: {}, home: directory, url, offline: false, signal: interruption.signal };
  await expect(gatherFacts(target)).rejects.toThrow('Interrupted.');
  // Unhandled rejections are reported once all pending work has run.
  await new Promise((resolve) => setImmediate(resolve));
  expect(unhandled).toEqual([]);
});
