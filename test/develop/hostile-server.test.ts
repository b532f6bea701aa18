// What a server and its authorization server send must not harm the terminal or the memory of the program that asks.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runToExitCode } from '../../src/program/run.ts';
import { scalekitMcp } from '../../src/program/toolbox.ts';
import { fetchWithin } from '../../src/sign-in/discover.ts';
import { writtenTo } from '../program/test-context.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Sets a window's title, clears the screen, does so by one character, reverses text, hides text. */
const evil = '\u001b]0;pwned\u0007\u001b[2J\u009b31m\r\u202eevil\u2066\u0000\u007f';
/** What no terminal may get, whoever wrote it. */
const obeyed = /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u;

type Answer = (method: string, request: IncomingMessage, response: ServerResponse) => object | undefined;

/** @param answer the result of a method of MCP; undefined if it has answered by itself. @returns the endpoint. */
async function startServer(answer: Answer): Promise<string> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { id, method = '' } = JSON.parse(body) as { id?: number; method?: string };
    if (id === undefined) return void response.writeHead(202).end();
    const result = answer(method, request, response);
    if (result === undefined) return;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, ...result }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

const inputSchema = { type: 'object', properties: { [evil]: { type: 'string' } } };
const lists: Readonly<Record<string, object>> = {
  initialize: {
    protocolVersion: '2025-06-18',
    capabilities: { tools: {}, resources: {}, prompts: {} },
    serverInfo: { name: evil, version: evil },
  },
  'tools/list': {
    tools: [
      {
        name: evil,
        title: evil,
        description: evil,
        inputSchema,
        _meta: { securitySchemes: [{ type: 'oauth2', scopes: [evil, 'a:read'] }] },
      },
      { name: 'plain', description: `${evil}\nmore`, inputSchema: { type: 'object' } },
    ],
  },
  'resources/list': { resources: [{ uri: `a://${evil}`, name: evil, description: evil }] },
  'resources/templates/list': { resourceTemplates: [{ uriTemplate: `b://${evil}`, name: evil }] },
  'prompts/list': { prompts: [{ name: evil, description: evil, arguments: [{ name: evil }] }] },
};
const unknown = { error: { code: -32_601, message: evil } };

/** @param outcome what a tool call comes to. */
const hostile = (outcome: object): Answer => {
  return (method) => {
    if (method === 'tools/call') return outcome;
    return method in lists ? { result: lists[method] } : unknown;
  };
};

async function run(...args: readonly string[]) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end();
  const directory = await temporaryDirectory();
  const env = { HOME: directory, XDG_STATE_HOME: directory, LOCALAPPDATA: directory };
  const context = { cwd: directory, env, stdin, stdout, stderr, signal: new AbortController().signal };
  const code = await runToExitCode(scalekitMcp, args, context);
  return { code, stdout: writtenTo(stdout), stderr: writtenTo(stderr) };
}

const content = [
  { type: 'text', text: evil },
  { type: 'resource_link', uri: `a://${evil}`, name: evil },
];
const outcomes: ReadonlyArray<readonly [what: string, outcome: object]> = [
  ['text', { result: { content } }],
  ['data', { result: { content: [], structuredContent: { [evil]: evil } } }],
  ['an error of the tool', { result: { isError: true, content } }],
  [
    'an error in JSON',
    { result: { isError: true, content: [{ type: 'text', text: JSON.stringify({ error: evil }) }] } },
  ],
  ['an error of the protocol', { error: { code: -32_000, message: evil } }],
];

describe('nothing that a server sends controls the terminal', () => {
  test.each(outcomes)('of a call: %s', async (_what, outcome) => {
    const endpoint = await startServer(hostile(outcome));
    for (const more of [[], ['--json']]) {
      const { stdout, stderr } = await run('call', 'plain', '--url', endpoint, ...more);
      expect(stdout + stderr).toContain('evil');
      expect(stdout + stderr).not.toMatch(obeyed);
    }
  });

  test('of its lists', async () => {
    const endpoint = await startServer(hostile({}));
    const shown = await run('list', '--url', endpoint);
    expect(shown.code).toBe(0);
    expect(shown.stdout).not.toMatch(obeyed);
    const listed = await run('list', '--url', endpoint, '--json');
    expect(listed.stdout).not.toMatch(obeyed);
    const { tools } = JSON.parse(listed.stdout) as {
      tools: ReadonlyArray<{ name: string; scopes: unknown }>;
    };
    expect(tools[0]).toMatchObject({ name: evil, scopes: ['a:read'] });
  });

  test('of the scopes that a call needs', async () => {
    const endpoint = await startServer((method, request, response) => {
      if (method !== 'tools/call') return hostile({})(method, request, response);
      const challenge = 'Bearer error="insufficient_scope", scope="\u009b31m a:write"';
      response.writeHead(403, { 'www-authenticate': challenge }).end();
      return undefined;
    });
    const { code, stderr } = await run('call', 'plain', '--url', endpoint);
    expect(code).toBe(2);
    expect(stderr).toContain('--scopes a:write\n');
    expect(stderr).not.toMatch(obeyed);
  });

  test('of the doctor’s findings', async () => {
    const endpoint = await startServer(hostile({}));
    const { stdout, stderr } = await run('doctor', endpoint);
    expect(stdout).toContain('SKM304');
    expect(stdout + stderr).not.toMatch(obeyed);
  });
});

describe('an endless answer', () => {
  const endless = (_method: string, _request: IncomingMessage, response: ServerResponse) => {
    const part = Buffer.alloc(65_536, ' ');
    response.writeHead(401, { 'www-authenticate': 'Bearer', 'content-type': 'application/json' });
    const push = () => {
      while (!response.destroyed && response.write(part));
    };
    response.on('drain', push);
    push();
    return undefined;
  };

  test('is given up', async () => {
    const endpoint = await startServer(endless);
    const fetchWithThousand = fetchWithin(new AbortController().signal, { bytes: 1000 });
    const init = { method: 'POST', body: '{"id":1}' };
    await expect(fetchWithThousand(endpoint, init).then((answer) => answer.text())).rejects.toThrow(
      'the answer is larger than 1000 bytes',
    );
  });
});
