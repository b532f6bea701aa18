// Servers of other authors, as `call` and `list` meet them.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { json } from 'node:stream/consumers';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runToExitCode } from '../../src/program/run.ts';
import { scalekitMcp } from '../../src/program/toolbox.ts';
import type { Context } from '../../src/terminal/context.ts';
import { writtenTo } from '../program/test-context.ts';
import { temporaryDirectory } from '../support/temporary.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, server: Server) => unknown;

/** @returns the origin of an HTTP server that answers so, for one test. */
async function serve(answer: Answer): Promise<string> {
  const server = createServer((request, response) => void answer(request, response, server));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function foreign(): McpServer {
  const server = new McpServer({ name: 'foreign', version: '1.0.0' });
  server.registerTool('look', {}, () => ({ content: [{ type: 'text', text: 'a thing' }] }));
  server.registerTool('crash', {}, () => new Promise(() => {}));
  return server;
}

/** One server for each request, as SDK 1's examples without sessions. */
const stateless: Answer = async (request, response) => {
  if (request.method !== 'POST') return response.writeHead(405).end();
  const transport = new StreamableHTTPServerTransport({});
  response.once('close', () => void transport.close());
  await foreign().connect(transport as never);
  await transport.handleRequest(request, response);
};

/** Like SDK 1's examples with sessions: a request without one is refused, except the first. */
function withSessions(): Answer {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  return async (request, response) => {
    const known = sessions.get(String(request.headers['mcp-session-id']));
    if (known !== undefined) return known.handleRequest(request, response);
    const body = request.method === 'POST' ? await json(request) : {};
    if ((body as { method?: string }).method !== 'initialize')
      return response
        .writeHead(400, { 'content-type': 'application/json' })
        .end(
          '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: No valid session ID provided"},"id":null}',
        );
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    await foreign().connect(transport as never);
    return transport.handleRequest(request, response, body);
  };
}

/** The transport of 2024-11-05, as SDK 1's `SSEServerTransport` and FastMCP's `transport="sse"`. */
function sseOnly(): Answer {
  const open = new Map<string, SSEServerTransport>();
  return async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    if (request.method === 'GET' && pathname === '/sse') {
      const transport = new SSEServerTransport('/messages', response);
      open.set(transport.sessionId, transport);
      return foreign().connect(transport as never);
    }
    if (request.method === 'POST' && pathname === '/messages')
      return open.get(searchParams.get('sessionId') ?? '')?.handlePostMessage(request, response);
    return response.writeHead(pathname === '/sse' ? 405 : 404).end();
  };
}

const paged: Answer = async (request, response) => {
  if (request.method !== 'POST') return response.writeHead(405).end();
  const server = foreign();
  server.server.setRequestHandler(ListToolsRequestSchema, ({ params }) => {
    const page = Number(params?.cursor ?? 1);
    const tools = [{ name: `tool-${page}`, inputSchema: { type: 'object' as const } }];
    return page < 3 ? { tools, nextCursor: String(page + 1) } : { tools };
  });
  const transport = new StreamableHTTPServerTransport({});
  await server.connect(transport as never);
  await transport.handleRequest(request, response);
};

/** @returns exit code and output of a command in an empty folder. */
async function scalekit(...args: readonly string[]) {
  const cwd = await temporaryDirectory();
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const env = { HOME: cwd, XDG_STATE_HOME: cwd };
  const context: Context = { env, cwd, stdin, stdout, stderr, signal: new AbortController().signal };
  stdin.end();
  const code = await runToExitCode(scalekitMcp, args, context);
  return { code, stdout: writtenTo(stdout), stderr: writtenTo(stderr) };
}

describe('works', () => {
  const redirecting: Answer = (request, response, server) => {
    if (request.url !== '/mcp/') return response.writeHead(307, { location: '/mcp/' }).end();
    return stateless(request, response, server);
  };
  const onlyAt =
    (path: string): Answer =>
    (request, response, server) => {
      if (request.url !== path) return response.writeHead(404).end('nothing here');
      return stateless(request, response, server);
    };

  test.each([
    ['without sessions', stateless, '/mcp'],
    ['with sessions', withSessions(), '/mcp'],
    ['at another path', onlyAt('/api/v1/tools?key=1'), '/api/v1/tools?key=1'],
    ['at the root', onlyAt('/'), '/'],
    ['behind a redirect that keeps the method (307)', redirecting, '/mcp'],
  ])('a server of SDK 1 %s', async (_, answer, path) => {
    const url = `${await serve(answer)}${path}`;
    expect(await scalekit('list', '--url', url)).toEqual({
      code: 0,
      stdout: 'look()\ncrash()\n',
      stderr: '',
    });
    expect(await scalekit('call', 'look', '--url', url)).toEqual({
      code: 0,
      stdout: 'a thing\n',
      stderr: '',
    });
  });

  test('a list of several pages', async () => {
    const { code, stdout } = await scalekit('list', '--url', `${await serve(paged)}/mcp`);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'tool-1()\ntool-2()\ntool-3()\n' });
  });
});

describe('is told in words', () => {
  const html: Answer = (_, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Hi</html>');
  const status =
    (code: number, headers = {}): Answer =>
    (_, response) =>
      response.writeHead(code, headers).end('<html>x</html>');

  test.each<readonly [string, Answer, string, RegExp]>([
    ['SSE alone', sseOnly(), '/sse', /old transport \(HTTP\+SSE, 2024-11-05\)/],
    ['a page', html, '/mcp', /answers with text\/html.*no MCP server/],
    ['another path', status(404), '/wrong', /404.*is the path right/s],
    ['a proxy without its server', status(502), '/mcp', /502/],
    ['a fault of the server', status(500), '/mcp', /500/],
    [
      'a redirect that changes the method',
      status(302, { location: 'https://elsewhere.example/mcp' }),
      '/mcp',
      /302.*https:\/\/elsewhere\.example\/mcp/s,
    ],
    ['a login page', status(302, { location: '/login' }), '/mcp', /302.*\/login/s],
  ])('%s', async (_, answer, path, words) => {
    const url = `${await serve(answer)}${path}`;
    const listed = await scalekit('list', '--url', url);
    expect(listed).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(words) });
    expect((await scalekit('call', 'look', '--url', url)).code).toBe(1);
  });

  test('a connection that closes in the middle of a call', async () => {
    const url = await serve(async (request, response) => {
      if (request.method !== 'POST') return response.writeHead(405).end();
      const body = (await json(request)) as { method?: string };
      if (body.method === 'tools/call') return request.socket.destroy();
      const transport = new StreamableHTTPServerTransport({});
      await foreign().connect(transport as never);
      return transport.handleRequest(request, response, body);
    });
    const { code, stderr } = await scalekit('call', 'crash', '--url', `${url}/mcp`);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('closed the connection before it had answered'),
    });
  });

  test('what speaks no HTTP, and https where http is spoken', async () => {
    const server = createTcpServer((socket) => socket.end('SSH-2.0-x\r\n'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect((await scalekit('list', '--url', `http://127.0.0.1:${port}/mcp`)).stderr).toMatch(
      /speaks no HTTP/,
    );
    const plain = (await serve(html)).replace('http:', 'https:');
    expect((await scalekit('list', '--url', `${plain}/mcp`)).stderr).toContain('try http://');
  });
});
