// Requests that reach a server while it begins to close: what the kernel has taken is answered.
import { stat } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { start } from './support.ts';

/**
 * Clients on a thread of their own, so that they continue while the server's thread is blocked. Each asks once if `isWarm`, which
 * leaves it with an idle connection; then all ask at the same time, and the server's thread is told when the kernel has everything.
 */
const clients = `
const { connect } = require('node:net');
const { workerData: { port, count, isWarm, sent }, parentPort } = require('node:worker_threads');
const request = 'GET /healthz HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n';
const answers = [];
let warm = 0;
let written = 0;
let ended = 0;
const ask = (socket) => socket.write(request, () => {
  written += 1;
  if (written < count) return;
  Atomics.store(sent, 0, 1);
  Atomics.notify(sent, 0);
});
const sockets = [];
const open = () => {
  for (let each = 0; each < count; each += 1) {
    const socket = connect(port, '127.0.0.1', () => (isWarm ? socket.write(request) : ask(socket)));
    let text = '';
    socket.on('data', (data) => {
      text += data;
      if (!isWarm || socket.isWarm || !text.includes('"ok"')) return;
      socket.isWarm = true;
      text = '';
      warm += 1;
      if (warm === count) parentPort.postMessage('warm');
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      answers.push(text.split('\\r\\n', 1)[0]);
      if (answers.length === count) parentPort.postMessage(answers);
    });
    sockets.push(socket);
  }
};
if (isWarm) open();
parentPort.once('message', () => (isWarm ? sockets.forEach(ask) : open()));
`;

const count = 40;

/** From where in a turn of the event loop the server is closed: before it looks for what has arrived, or after that. */
const moments: ReadonlyArray<readonly [name: string, at: (callback: () => void) => void]> = [
  ['a timer', (callback) => setTimeout(callback, 0)],
  ['an event', (callback) => stat('.', callback)],
];

it.each(
  moments.flatMap(([name, at]) => [
    [name, 'connections that wait to be taken', false, at] as const,
    [name, 'connections that were idle', true, at] as const,
  ]),
)('closed by %s, a server answers what has come over %s', async (_name, _what, isWarm, at) => {
  const { server, endpoint, stop } = await start();
  onTestFinished(stop);
  const sent = new Int32Array(new SharedArrayBuffer(4));
  const port = Number(new URL(endpoint).port);
  const worker = new Worker(clients, { eval: true, workerData: { port, count, isWarm, sent } });
  onTestFinished(async () => void (await worker.terminate()));
  const answers = new Promise<readonly string[]>((resolve) => {
    worker.on('message', (message) => Array.isArray(message) && resolve(message));
  });
  if (isWarm) await new Promise((resolve) => worker.once('message', resolve));
  await new Promise<void>((resolve) => {
    at(() => {
      worker.postMessage('ask');
      // Nothing that arrives from here on is seen before the server begins to close.
      expect(Atomics.wait(sent, 0, 0, 30_000)).not.toBe('timed-out');
      void server.close().then(resolve);
    });
  });
  expect(await answers).toEqual(Array.from({ length: count }, () => 'HTTP/1.1 200 OK'));
});
