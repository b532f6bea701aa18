// The life of the server: made, listening, and ended in good order.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import type { Environment } from './config.ts';
import { createRequestListener } from './http.ts';
import { type LimitOptions, Limits } from './limits.ts';
import { createLog, type Log } from './log.ts';
import { McpEndpoint } from './mcp.ts';
import { isLoopback } from './origin.ts';
import type { ScalekitProvider } from './scalekit.ts';
import { http } from './speed.ts';
import type { Tool } from './tool.ts';

export interface ServerOptions {
  readonly name: string;
  readonly version: string;
  /** What a model is told about the server as a whole. */
  readonly instructions?: string;
  readonly auth: ScalekitProvider;
  readonly tools: readonly Tool[];
  readonly limits?: LimitOptions;
  readonly allowedHosts?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  readonly trustedProxies?: number;
  readonly log?: Log;
}

export interface ProtectedServer {
  /** @returns the port, which is a free one for 0. Without a host it listens on all interfaces. */
  listen(port: number, host?: string): Promise<number>;
  /** Lets requests that are under way come to their end, for so many milliseconds at most. */
  close(grace?: number): Promise<void>;
}

const second = 1000;

/** Makes the server without starting it: tests take this one. */
export function createServer(options: ServerOptions): ProtectedServer {
  const { auth, log = createLog() } = options;
  const limits = new Limits(options.limits ?? { toolCallsPerMinute: 0, refusedTokensPerMinute: 0 });
  const mcp = new McpEndpoint({ ...options, limits, log });
  const listener = createRequestListener({
    allowedHosts: [],
    allowedOrigins: [],
    trustedProxies: 0,
    ...options,
    mcp,
    limits,
    log,
  });
  // Whoever sends slowly, or nothing, holds a connection no longer than this. It is looked after every second.
  const timeouts = {
    headersTimeout: 10 * second,
    requestTimeout: 30 * second,
    connectionsCheckingInterval: second,
    // Longer than a load balancer's, so that it is never we who hang up just when a request comes.
    keepAliveTimeout: 65 * second,
  };
  const server = http.createServer(timeouts, (req, res) => void listener(req, res));
  auth.keys.log = log;
  return {
    async listen(port, host) {
      server.listen({ port, ...(host && { host }) });
      await once(server, 'listening');
      // Fetched before the first request needs them. If that fails, the first request tries again.
      auth.keys.load().catch(() => {});
      return (server.address() as AddressInfo).port;
    },
    async close(grace = 10 * second) {
      const closed = once(server, 'close');
      server.close();
      // Not waited for: a tool that does not end is no reason to stay.
      void mcp.close();
      const sweep = setInterval(() => server.closeIdleConnections(), 50);
      const cut = setTimeout(() => server.closeAllConnections(), grace);
      await closed;
      clearInterval(sweep);
      clearTimeout(cut);
    },
  };
}

/** Runs the server as this process, until it is told to end. */
export async function serve({
  env,
  ...options
}: ServerOptions & { readonly env: Environment }): Promise<void> {
  const { log = createLog(), auth, name } = options;
  const server = createServer({
    limits: {
      toolCallsPerMinute: env.TOOL_CALLS_PER_MINUTE,
      refusedTokensPerMinute: env.REFUSED_TOKENS_PER_MINUTE,
    },
    allowedHosts: env.ALLOWED_HOSTS,
    allowedOrigins: env.ALLOWED_ORIGINS,
    trustedProxies: env.TRUSTED_PROXIES,
    ...options,
    log,
  });
  const host = env.HOST ?? defaultHost(auth.endpoint);
  try {
    await server.listen(env.PORT, host);
  } catch (error) {
    log('error', 'not_listening', { message: await whyNot(error, env.PORT, host) });
    process.exitCode = 1;
    return;
  }
  log('info', 'listening', { message: `${name} is ready at ${auth.endpoint.href}`, port: env.PORT, host });
  sayWherePortsDiffer(auth.endpoint, env.PORT, log);
  endWithProcess(server, log);
}

/** A server for this machine is reachable from this machine only. */
function defaultHost(endpoint: URL): string | undefined {
  if (!isLoopback(endpoint)) return undefined;
  return endpoint.hostname === '[::1]' ? '::1' : '127.0.0.1';
}

async function whyNot(error: unknown, port: number, host: string | undefined): Promise<string> {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    const holder = await holderOf(port);
    return `Port ${port} is taken by ${holder}. Stop it, or set another PORT (and MCP_URL) in .env.`;
  }
  if (code === 'EACCES') return `Port ${port} needs more rights than this process has: take one above 1023.`;
  if (code === 'EADDRNOTAVAIL') return `HOST ${host} is no address of this machine.`;
  return message;
}

/** Another MCP server tells its name to anyone who asks, and most often it is this one, started twice. */
async function holderOf(port: number): Promise<string> {
  try {
    const url = `http://127.0.0.1:${port}/.well-known/oauth-protected-resource`;
    const response = await fetch(url, { signal: AbortSignal.timeout(second) });
    const { resource_name } = (await response.json()) as { resource_name?: unknown };
    return typeof resource_name === 'string' ? `the MCP server "${resource_name}"` : 'another program';
  } catch {
    return 'another program';
  }
}

function sayWherePortsDiffer(endpoint: URL, port: number, log: Log): void {
  const { protocol } = endpoint;
  const advertised = Number(endpoint.port || (protocol === 'https:' ? 443 : 80));
  if (advertised === port) return;
  const message = `MCP_URL says port ${advertised}, the server listens on ${port}: a proxy has to lead from one to the other.`;
  log(protocol === 'https:' ? 'info' : 'warn', 'other_port', { message });
}

/** SIGTERM and SIGINT end the process when its work is done; an error that nobody caught ends it with code 1. */
function endWithProcess(server: ProtectedServer, log: Log): void {
  const end = async (event: string, exitCode: number, details = {}, grace?: number) => {
    log(exitCode === 0 ? 'info' : 'error', event, details);
    await server.close(grace);
    // Whatever else still runs, such as a timer or a database's connection, does not keep the process alive.
    process.exit(exitCode);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => void end('closing', 0, { signal }));
  process.once('uncaughtException', (thrown: unknown) => {
    // Anything can be thrown, not errors alone.
    const { message, stack } =
      thrown instanceof Error ? thrown : { message: inspect(thrown), stack: undefined };
    void end('uncaught_error', 1, { message, stack }, second);
  });
}
