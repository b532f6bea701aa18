// The server as a process: what it refuses to start with, what its log hides, and how it ends.
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { describe, it } from 'node:test';
import * as z from 'zod';
import { readEnvironment } from '../src/protect/config.ts';
import { createLog } from '../src/protect/log.ts';
import { tool } from '../src/protect/tool.ts';
import { callTool, send, startServer } from './support.ts';

describe('the environment', () => {
  const production = {
    NODE_ENV: 'production',
    SCALEKIT_ENVIRONMENT_URL: 'https://acme.scalekit.dev',
    SCALEKIT_CLIENT_ID: 'skc_123',
    SCALEKIT_RESOURCE_ID: 'res_123',
    MCP_URL: 'https://mcp.example.com/',
  };
  const bad: Record<string, Record<string, string>> = {
    'SCALEKIT_ENVIRONMENT_URL is missing': { SCALEKIT_ENVIRONMENT_URL: '' },
    'SCALEKIT_ENVIRONMENT_URL leads to the local Scalekit': {
      SCALEKIT_ENVIRONMENT_URL: 'http://localhost:4002',
    },
    'SCALEKIT_CLIENT_ID is missing': { SCALEKIT_CLIENT_ID: '' },
    'SCALEKIT_RESOURCE_ID has to be res_': { SCALEKIT_RESOURCE_ID: 'conn_123' },
    'MCP_URL has to be https': { MCP_URL: 'http://localhost:3002/' },
    'MCP_URL is http, but': { MCP_URL: 'http://mcp.example.com/' },
    'MCP_URL holds a user name': { MCP_URL: 'https://user:secret@mcp.example.com/' },
    'PORT has to be': { PORT: '70000' },
  };

  it('of production is taken', () => {
    assert.equal(readEnvironment(production).problems, undefined);
  });

  for (const [problem, variables] of Object.entries(bad)) {
    it(`is refused in production where ${problem} …`, () => {
      const { problems = [] } = readEnvironment({ ...production, ...variables });
      assert.equal(problems.length, 1);
      assert.ok(problems[0]?.startsWith(problem), problems[0]);
    });
  }

  it('has an MCP_URL with a slash at its end and without /mcp', () => {
    for (const MCP_URL of ['https://mcp.example.com', 'https://mcp.example.com/mcp']) {
      assert.equal(readEnvironment({ ...production, MCP_URL }).env?.MCP_URL, production.MCP_URL);
    }
  });
});

describe('the log', () => {
  const written = (text: string) => {
    const lines: string[] = [];
    createLog(false, (line) => lines.push(line))('info', 'test', { text });
    return lines.join('');
  };

  it('masks tokens and secrets', () => {
    // Put together here, so that nobody who looks for secrets in this repository finds one.
    const token = ['{"alg":"RS256"}', '{"sub":"usr_1"}', 'signature']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
    const secret = ['skcs', '0123456789'].join('_');
    const line = written(`/mcp/${token} ${secret}`);
    for (const part of [...token.split('.'), secret]) assert.ok(!line.includes(part));
  });

  it('has a line for each event, whatever somebody sends', () => {
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
    async run() {
      const finished = once(events, 'finish');
      events.emit('start');
      await finished;
      return {};
    },
  });
  const server = await startServer({ tools: [slow] });
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
