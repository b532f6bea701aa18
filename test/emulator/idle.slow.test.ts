import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';

/** Sends a request over a kept connection. @returns whether an open one was reused. */
function ask(agent: Agent, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: '127.0.0.1', port, path: '/keys' }, async (response) => {
      await text(response);
      resolve(sent.reusedSocket);
    });
    sent.once('error', reject).end();
  });
}

/** Node.js closes idle connections after 5 seconds, and resets a client that sends at that moment. */
test('an idle connection stays open until the client closes it', async () => {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  expect(await ask(agent, emulator.port)).toBe(false);
  await delay(8_000);
  expect(await ask(agent, emulator.port)).toBe(true);
});
