import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { gatherFacts } from '../../src/doctor/gather/index.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** @returns the URL of the endpoint /mcp of a server on this machine. */
async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

test('can be stopped while a server keeps it waiting, says why, and leaves no unhandled failure', async () => {
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

async function factsAt(url: string) {
  const directory = await temporaryDirectory();
  const { signal } = new AbortController();
  return gatherFacts({ directory, env: {}, home: directory, url, offline: false, signal });
}

test('asks again where the server was not ready yet', async () => {
  const asked = new Map<string, number>();
  const url = await listen((request, response) => {
    const key = `${request.method} ${request.url} ${request.headers.authorization}`;
    const count = (asked.get(key) ?? 0) + 1;
    asked.set(key, count);
    response.writeHead(count === 1 ? 500 : 401).end();
  });
  const { server } = await factsAt(url);
  expect(server).toMatchObject({
    known: true,
    value: { garbageToken: { status: 401 }, noToken: { status: 401 } },
  });
});

test('finds the endpoint of a server that refuses with 403, by its metadata', async () => {
  const url = await listen((request, response) => {
    const resource = `http://${request.headers.host}/mcp`;
    if (request.url === '/mcp') response.writeHead(403, { 'content-type': 'application/json' }).end('{}');
    else if (request.url?.endsWith('/oauth-protected-resource/mcp'))
      response.end(JSON.stringify({ resource }));
    else response.writeHead(404).end();
  });
  const { server } = await factsAt(new URL('/', url).href);
  expect(server).toMatchObject({ known: true, value: { endpoint: url, noToken: { status: 403 } } });
});

test('asks past a refused first message', async () => {
  const url = await listen(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method, id } = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    if (method !== 'tools/list') return void response.writeHead(401).end();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: { tools: [{ name: 'ping' }] } }));
  });
  const { server } = await factsAt(url);
  expect(server).toMatchObject({ known: true, value: { openness: { list: { status: 200 } } } });
});
