// What the log of a server hides, and how a server ends.
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { describe, it } from 'vitest';
import * as z from 'zod';
import { createLog } from '../../src/server/log.ts';
import { send } from '../../src/server/testing/index.ts';
import { callTool, startTestServer, tool } from './support.ts';

describe('the log', () => {
  const written = (text: string) => {
    const lines: string[] = [];
    createLog({ format: 'json', write: (line) => lines.push(line) })('info', 'test', { text });
    return lines.join('');
  };

  it('masks tokens and secrets', () => {
    // Put together here, so that secret scanners do not report it.
    const token = ['{"alg":"RS256"}', '{"sub":"usr_1"}', 'signature']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
    const secret = ['skcs', '0123456789'].join('_');
    const line = written(`/mcp/${token} ${secret}`);
    for (const part of [...token.split('.'), secret]) assert.ok(!line.includes(part));
  });

  it('has one line per event, whatever a client sends', () => {
    const text = 'a\r\nb\u001b[2Jc\u009bd\u2028e\u202ef';
    const line = written(text).trimEnd();
    assert.equal(JSON.parse(line).text, text);
    for (const character of ['\r', '\n', '\u001b', '\u009b', '\u2028', '\u202e'])
      assert.ok(!line.includes(character));
  });
});

/** A server with a call under way. */
async function busyServer() {
  const events = new EventEmitter();
  const slow = tool({
    name: 'slow',
    title: 'Slow',
    description: 'Ends when the test says so.',
    scopes: [],
    input: z.object({}),
    output: z.object({}),
    annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
    async run() {
      const finished = once(events, 'finish');
      events.emit('start');
      await finished;
      return {};
    },
  });
  const server = await startTestServer({ tools: [slow] });
  const started = once(events, 'start');
  const answer = callTool(server, await server.scalekit.mint(), 'slow').then(
    ({ status }) => status,
    () => 'cut',
  );
  await started;
  return { ...server, answer, finish: () => events.emit('finish') };
}

describe('the end', () => {
  it('waits for calls that are under way', async () => {
    const { url, stop, answer, finish } = await busyServer();
    const stopped = stop();
    await assert.rejects(send(`${url}healthz`), 'nobody new is let in');
    finish();
    assert.equal(await answer, 200);
    await stopped;
  });

  it('does not wait for ever', async () => {
    const { stop, answer } = await busyServer();
    await stop(50);
    assert.equal(await answer, 'cut');
  });
});
