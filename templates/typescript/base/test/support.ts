// What the tests start from: this server on a free port, with a local Scalekit of its own. No network, no account.
import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { type AddressInfo, createServer as createSocket } from 'node:net';
import { type Emulator, startEmulator } from 'scalekit-mcp/emulator';
import { createServer, type ServerOptions } from '../src/protect/life.ts';
import { ScalekitProvider } from '../src/protect/scalekit.ts';
import { scopes } from '../src/scopes.ts';
import { tools } from '../src/tools/index.ts';

export interface TestServer {
  /** Mints tokens, and misbehaves on demand. */
  readonly scalekit: Emulator;
  /** `http://localhost:<port>/` */
  readonly url: string;
  /** The MCP endpoint. */
  readonly endpoint: string;
  /** What the server logged. */
  readonly log: Array<Readonly<Record<string, unknown>>>;
  /** @param grace how long calls that are under way may take, in milliseconds. */
  stop(grace?: number): Promise<void>;
}

export async function startServer(overrides: Partial<ServerOptions> = {}): Promise<TestServer> {
  const port = await freePort();
  const url = `http://localhost:${port}/`;
  const scalekit = await startEmulator({ mcpUrl: url, scopes: Object.keys(scopes), autoApprove: true });
  const auth = new ScalekitProvider({
    environmentUrl: scalekit.url,
    clientId: scalekit.clientId,
    resourceId: scalekit.resourceId,
    mcpUrl: url,
  });
  const log: TestServer['log'] = [];
  const server = createServer({
    name: 'Test',
    version: '1.0.0',
    auth,
    tools,
    log: (level, event, details) => log.push({ level, event, ...details }),
    ...overrides,
  });
  await server.listen(port, '127.0.0.1');
  const stop = async (grace?: number) => {
    await server.close(grace);
    await scalekit.close();
  };
  return { scalekit, url, endpoint: auth.endpoint.href, log, stop };
}

/** A port that is free now. The server has to know it before it listens: it is part of MCP_URL. */
async function freePort(): Promise<number> {
  const socket = createSocket().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address() as AddressInfo;
  socket.close();
  await once(socket, 'close');
  return port;
}

export interface Sent {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** What JSON answers hold, in the places where tests look. Which of them are there depends on the answer. */
  readonly json: {
    readonly jsonrpc: string;
    readonly error: {
      readonly code: number;
      readonly message: string;
      readonly data: { readonly reason: string };
    };
    readonly result: {
      readonly tools: ReadonlyArray<{ readonly name: string }>;
      readonly isError?: boolean;
      readonly content: ReadonlyArray<{ readonly text: string }>;
      readonly structuredContent?: Readonly<Record<string, unknown>>;
    };
    readonly resource: string;
    readonly authorization_servers: readonly string[];
    readonly scopes_supported: readonly string[];
  };
}

/** One HTTP request, with `node:http`: `fetch` would not let a test send the headers of an attacker. */
export async function send(url: string, { method, token, headers, body }: Sent = {}): Promise<Answer> {
  const sent = request(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  sent.end(typeof body === 'string' ? body : JSON.stringify(body));
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  const isJson = response.headers['content-type']?.startsWith('application/json') ?? false;
  return {
    status: response.statusCode,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}

/** Lists the tools: what a test sends where it does not matter which message it is. */
export const listTools = { jsonrpc: '2.0', id: 1, method: 'tools/list' } as const;

/** Calls a tool, as clients of 2025 do. */
export async function callTool(
  { endpoint }: TestServer,
  token: string,
  name: string,
  args: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } };
  return await send(endpoint, { token, body: message });
}
