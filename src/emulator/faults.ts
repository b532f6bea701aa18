import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Faults } from './contract.ts';
import { type KeyRing, publicPart } from './keys.ts';
import { sendHtml, sendJson } from './responses.ts';

/** How much `huge` sends to a client that reads it all. */
const hugeBytes = 64 * 1024 * 1024;

const slowMilliseconds = 2000;

function* hugeKeySet(keys: KeyRing): Generator<string> {
  const key = JSON.stringify(keys.published[0]);
  const block = `${key},`.repeat(200);
  yield '{"keys":[';
  for (let sent = 0; sent < hugeBytes; sent += block.length) yield block;
  yield `${key}]}`;
}

/** Sends a valid key set of 64 MB, no faster than it is read. The client may disconnect. */
async function sendHuge(response: ServerResponse, keys: KeyRing): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  await pipeline(Readable.from(hugeKeySet(keys)), response).catch(() => {});
}

async function impostor(keys: KeyRing): Promise<Record<string, string>> {
  return { ...publicPart(await keys.foreign()), kid: keys.current.kid };
}

/** Answers `/keys` with the given fault. */
export async function answerKeys(
  response: ServerResponse,
  keys: KeyRing,
  fault: NonNullable<Faults['keys']>,
): Promise<void> {
  switch (fault) {
    case 'down':
      return sendJson(response, 500, { error: 'server_error' });
    case 'hang':
      return;
    case 'html':
      return sendHtml(response, 200, '<!doctype html><title>Just a moment</title><h1>Just a moment</h1>');
    case 'empty':
      return sendJson(response, 200, { keys: [] });
    case 'huge':
      return sendHuge(response, keys);
    case 'wrong':
      return sendJson(response, 200, { keys: [await impostor(keys)] });
    case 'slow':
      await delay(slowMilliseconds, undefined, { ref: false });
  }
  sendJson(response, 200, { keys: keys.published });
}
