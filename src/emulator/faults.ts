import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { sendHtml, sendJson } from './answers.ts';
import type { Faults } from './index.ts';
import { type KeyRing, publicPart } from './keys.ts';

/** How much `huge` sends, if somebody reads it all. */
const hugeBytes = 64 * 1024 * 1024;

const slowMilliseconds = 2000;

/** Sends a valid key set of 64 MB, as fast as it is read and no faster. */
async function sendHuge(response: ServerResponse, keys: KeyRing): Promise<void> {
  const block = `${JSON.stringify(keys.published[0])},`.repeat(200);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"keys":[');
  for (let sent = 0; sent < hugeBytes && !response.destroyed; sent += block.length) {
    if (!response.write(block)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end(`${JSON.stringify(keys.published[0])}]}`);
}

async function impostor(keys: KeyRing): Promise<Record<string, string>> {
  return { ...publicPart(await keys.foreign()), kid: keys.current.kid };
}

/** Answers `/keys`, as well or as badly as the fault says. */
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
