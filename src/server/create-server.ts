// The server as an object: made, listening, closed in good order.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createRequestListener } from './http.ts';
import { type LimitOptions, Limits } from './limits.ts';
import { createLog, type Log } from './log.ts';
import { McpEndpoint } from './mcp.ts';
import type { ScalekitProvider } from './provider.ts';
import { http } from './speed.ts';
import type { Tool } from './tool.ts';
import type { OwnVariables } from './variables.ts';

export interface ServerOptions {
  readonly name: string;
  readonly version: string;
  /** What a model is told about the server as a whole. */
  readonly instructions?: string;
  readonly auth: ScalekitProvider;
  readonly tools: readonly Tool[];
  /** The values of the variables that `Register` names; tools get them as `call.env`. */
  readonly env?: OwnVariables;
  /** Default: none. */
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

/**
 * Makes a server without starting it. It reads no variables and sets nothing of the process: `serve` does both.
 *
 * @example
 * const server = createServer({ name: 'Todo MCP', version: '1.0.0', auth, tools });
 * await server.listen(3002, '127.0.0.1');
 * @throws TypeError when two tools have the same name, or one needs a scope that `auth` does not know.
 */
export function createServer(options: ServerOptions): ProtectedServer {
  const { auth, log = createLog() } = options;
  const limits = new Limits(options.limits ?? { toolCallsPerMinute: 0, refusedTokensPerMinute: 0 });
  // Where nothing was handed over, nothing is declared: `Register` is the owner's promise to hand it over.
  const env = options.env ?? ({} as OwnVariables);
  const mcp = new McpEndpoint({ ...options, env, limits, log });
  const listener = createRequestListener({
    allowedHosts: [],
    allowedOrigins: [],
    trustedProxies: 0,
    ...options,
    mcp,
    limits,
    log,
  });
  // Whoever sends slowly, or nothing, holds a connection no longer than this. Checked every second.
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
