import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../src/doctor/gather/ports.ts';
import { type Answer, probe } from '../../src/doctor/probe.ts';
import { untilChanged } from '../../src/doctor/watch.ts';
import { portOwner } from '../../src/project/port-owner.ts';
import { temporaryDirectory } from '../support/temporary.ts';

async function listen(port = 0): Promise<number> {
  const server = createServer((_request, response) => response.writeHead(401).end());
  await new Promise<void>((resolve) => server.listen(port, resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as { port: number }).port;
}

describe.skipIf(process.platform === 'win32')('portOwner', () => {
  test('names the program that listens', async () => {
    expect(await portOwner(await listen())).toMatch(new RegExp(`\\(process ${process.pid}\\)$`));
  });

  test('knows nobody where nobody listens', async () => {
    expect(await portOwner(await freePort())).toBeUndefined();
  });
});

describe('untilChanged', () => {
  /** Waits for a change, and tells whether it has come. */
  function watching(directory: string, server?: { endpoint: string; answer: Answer }) {
    const stop = new AbortController();
    const changed = untilChanged({ directory, server, signal: stop.signal });
    changed.catch(() => {});
    onTestFinished(() => stop.abort(new Error('Over.')));
    return { changed, stop };
  }

  test('ends when .env is written', async () => {
    const directory = await temporaryDirectory();
    const { changed } = watching(directory);
    await writeFile(join(directory, '.env'), 'PORT=1\n');
    await changed;
  });

  test('ends when the server comes', async () => {
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}/mcp`;
    const answer = await probe({ url: endpoint }, { signal: new AbortController().signal });
    const { changed } = watching(await temporaryDirectory(), { endpoint, answer });
    await listen(port);
    await changed;
  });

  test('ends when it is interrupted, and says why', async () => {
    const { changed, stop } = watching(await temporaryDirectory());
    stop.abort(new Error('Interrupted.'));
    await expect(changed).rejects.toThrow('Interrupted.');
  });
});
