import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { ServerFacts } from '../../src/doctor/facts/index.ts';
import { gatherFacts, patience } from '../../src/doctor/gather/index.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const { signal } = new AbortController();

/** A server that delays every answer, for ever if no time is given. @returns its URL. */
async function slowServer(milliseconds?: number): Promise<string> {
  const server = createServer((_request, response) => {
    const answer = () => response.writeHead(401, { 'www-authenticate': 'Bearer' }).end('{}');
    if (milliseconds !== undefined) setTimeout(answer, milliseconds);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

async function factsOf(url: string, limits: typeof patience | { answer: number; all: number }) {
  const directory = await temporaryDirectory();
  const place = { directory, env: {}, home: directory, url, token: 'a.b.c', offline: false, signal };
  const { server } = await gatherFacts({ ...place, limits });
  if (!server.known) throw new Error(server.why);
  return server.value;
}

/** @returns the failures of all requests that were made, in no particular order. */
function failures(server: ServerFacts): readonly (string | undefined)[] {
  const answers = Object.values(server).filter(
    (fact): fact is ServerFacts['noToken'] => typeof fact === 'object' && fact !== null && 'answered' in fact,
  );
  return answers.map((answer) => (answer.answered ? undefined : answer.failure));
}

test('a server that never answers is given up after the time for one answer', async () => {
  const server = await factsOf(await slowServer(), { answer: 100, all: 600_000 });
  expect(new Set(failures(server))).toEqual(new Set(['timeout']));
});

test('a server that is slow with each answer is given up after the total time', async () => {
  // Time enough for the first two answers one after the other, on a busy machine too, and too little for all.
  const server = await factsOf(await slowServer(3000), { answer: 600_000, all: 12_000 });
  expect(server.noToken.answered).toBe(true);
  expect(failures(server)).toContain('timeout');
});

test('the limits are 5 s for an answer and 15 s in total', () => {
  expect(patience).toEqual({ answer: 5000, all: 15_000 });
});
