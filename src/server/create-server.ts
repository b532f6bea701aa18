// The server as an object: made, listening, closed in good order.
import { ClientErrors } from './client-errors.ts';
import { denyList } from './deployment.ts';
import { type Life, NodeExchange } from './exchange.ts';
import { ListeningServers } from './listen.ts';
import { defaultBytes, type HandlerOptions, protect } from './protection.ts';
import { http } from './speed.ts';

/** What a server is, and how it takes connections. */
export interface ServerOptions extends HandlerOptions {
  /** How large a request's headers may be; default 65,536. */
  readonly maxHeaderBytes?: number;
  /** How long a connection is kept that has nothing to do, in seconds; default 65. */
  readonly keepAliveSeconds?: number;
}

/** A server that was made, and may listen. */
export interface ProtectedServer {
  /**
   * @param port 0 takes a free one.
   * @param hosts the addresses to listen on; default: all of the machine. `127.0.0.1` with `::1` is `localhost`,
   * whichever of the two a client uses; if the machine has no IPv6, the first is enough.
   * @returns the port.
   * @throws Error if the deny list of `auth` is in Redis, and its client is not installed.
   */
  listen(port: number, ...hosts: readonly string[]): Promise<number>;
  /** Keeps serving, but asks clients to use another connection, and answers 503 at `/readyz`. */
  drain(): void;
  /** Stops listening, and lets requests in progress finish, for at most this many milliseconds. It also closes `auth`. */
  close(grace?: number): Promise<void>;
}

const second = 1000;

/**
 * Makes a server without starting it. It reads no variables and changes no process settings: `serve` does both.
 *
 * @example
 * const server = createServer({ name: 'Todo MCP', version: '1.0.0', auth, tools });
 * await server.listen(3002, '127.0.0.1');
 * @throws TypeError when two tools, resources or prompts have the same name, or one needs a scope that `auth` does not know.
 */
export function createServer(options: ServerOptions): ProtectedServer {
  const life: Life = { isEnding: false };
  const { mcp, limits, log, respond } = protect(options, life);
  const errors = new ClientErrors(options.maxHeaderBytes ?? defaultBytes, log);
  const create = () =>
    http
      .createServer(connectionOptions(options), (req, res) => {
        errors.follow(req, res);
        void respond(new NodeExchange(req, res, life));
      })
      .on('clientError', errors.refuse);
  const listening = new ListeningServers(create);
  return {
    async listen(port, ...hosts) {
      await options.auth[denyList]?.freshen();
      const taken = await listening.open(port, hosts);
      // Fetched before the first request needs them. If that fails, the first request tries again.
      options.auth.keys.load().catch(() => {});
      return taken;
    },
    drain() {
      life.isEnding = true;
    },
    async close(grace = 10 * second) {
      life.isEnding = true;
      // Not awaited: a tool that does not end must not keep us from closing.
      void mcp.close();
      await listening.close(grace);
      limits.close();
      await options.auth.close();
    },
  };
}

/** Limits how long a slow or silent client holds a connection. Checked every second. */
function connectionOptions({ keepAliveSeconds = 65, maxHeaderBytes = defaultBytes }: ServerOptions) {
  return {
    headersTimeout: 10 * second,
    requestTimeout: 30 * second,
    connectionsCheckingInterval: second,
    // Longer than a load balancer keeps a connection, so that we never close one just as a request arrives.
    keepAliveTimeout: keepAliveSeconds * second,
    maxHeaderSize: maxHeaderBytes,
  };
}
