import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { toolCall } from '../support/messages.ts';
import { until } from '../support/waiting.ts';
import { callTool, listen } from './call.ts';
import { advance, impatient, movableClock } from './clock.ts';
import { describeOnNode } from './on-node.ts';
import { makeProject } from './project.ts';
import { type Ground, prepareGround, unlimited } from './server.ts';

let project: string;
let ground: Ground;

beforeAll(async () => {
  project = await makeProject('todo');
});
afterEach(() => ground?.close());

/** Connects, says this much, and then nothing more. */
async function idler(text: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: ground.server.port });
  await once(socket, 'connect');
  socket.on('error', () => {});
  socket.resume();
  socket.write(text);
  return socket;
}

describe('a crowd of silent clients', () => {
  test('does not keep others waiting, and is disconnected', async () => {
    ground = await prepareGround(project, { env: unlimited, altered: impatient });
    const { host, path } = ground.target;
    const started = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\n`;
    const texts = ['', 'POST', started];
    const idle = await Promise.all(
      Array.from({ length: 400 }, (_, n) => idler(texts[n % texts.length] ?? '')),
    );
    const times: number[] = [];
    for (let n = 0; n < 50; n += 1) {
      const since = performance.now();
      const { status } = await callTool(ground.target.endpoint, ground.source.forge.token(), 'list_todos');
      expect(status).toBe(200);
      times.push(performance.now() - since);
    }
    // A client that had to wait for the idle ones would wait until they are cut off.
    expect(times.sort((a, b) => a - b)[25]).toBeLessThan(2000);
    await until('they are cut', () => idle.every((socket) => socket.closed || socket.readableEnded), 60_000);
    for (const socket of idle) socket.destroy();
  });
});

describe('a client that does not read its answers', () => {
  test('is disconnected', async () => {
    ground = await prepareGround(project, { env: unlimited, altered: impatient });
    const { endpoint, host, path } = ground.target;
    const token = ground.source.forge.token();
    const todo = { title: 'x'.repeat(200), description: 'y'.repeat(2000) };
    for (let n = 0; n < 500; n += 1) await callTool(endpoint, token, 'create_todo', todo);
    const body = JSON.stringify(toolCall('list_todos'));
    const request = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const socket = connect({ host: '127.0.0.1', port: ground.server.port });
    await once(socket, 'connect');
    socket.pause();
    // 2 MB an answer: more than what fits into the buffers between the two.
    socket.write(request.repeat(20));
    // A paused socket learns that it was closed only when it writes, as an error.
    socket.on('error', () => {});
    const ended = new Promise((resolve) => socket.once('close', resolve));
    const poke = setInterval(() => socket.write(request), 500);
    await ended;
    clearInterval(poke);
    expect(ground.server.program.stdout, 'half a minute, for its owner').toContain('waits 30000 ms');
  });
});

/** @returns all of a stream of notifications, once it has ended. */
async function listenToEnd(sub: string): Promise<string> {
  const token = ground.source.forge.token({ claims: { sub } });
  const notifications = { toolsListChanged: true, promptsListChanged: true };
  const signal = AbortSignal.timeout(90_000);
  return (await listen(ground.target.endpoint, token, notifications, { signal })).text();
}

describeOnNode('streams of notifications', () => {
  test('end by themselves, so that nobody occupies all places for good', async () => {
    ground = await prepareGround(project, { env: unlimited });
    for (let batch = 0; batch < 11; batch += 1) {
      const streams = await Promise.all(Array.from({ length: 100 }, () => listenToEnd('usr_1')));
      expect(streams.filter((text) => !text.includes('"resultType":"complete"'))).toEqual([]);
    }
    expect(await listenToEnd('usr_2')).toContain('"resultType":"complete"');
  });
});

describe('a token that was let in', () => {
  test('is refused once it has expired, although it was remembered', async () => {
    ground = await prepareGround(project, {
      env: { ...unlimited, CLOCK_STEP: '30' },
      altered: movableClock,
    });
    const { endpoint } = ground.target;
    const exp = Math.floor(Date.now() / 1000) + 40;
    const token = ground.source.forge.token({ claims: { exp } });
    const status = async () => (await callTool(endpoint, token, 'list_todos')).status;
    expect(await status()).toBe(200);
    await advance(ground.server);
    expect(await status()).toBe(200);
    // 120 seconds later: 80 after its end, and 20 after the skew of a minute.
    for (let step = 0; step < 3; step += 1) await advance(ground.server);
    expect(await status()).toBe(401);
  });
});
