// The server as a function from `Request` to `Response`, for hosts that listen themselves. This is the package's `./handler`.
import { FetchExchange } from './fetch-exchange.ts';
import { type HandlerOptions, protect } from './protection.ts';

export * from './declaring.ts';

/** Answers one request. It never throws: errors are answers, too. */
export type Handler = (request: Request) => Promise<Response>;

/**
 * Makes the whole server, with its metadata, health and MCP endpoint, as a function for hosts that listen themselves. It reads
 * no variables, does not listen, changes no process settings, and starts no timer before a request comes.
 *
 * Limits count in memory, where each instance of the host counts for itself, or with `limits.redisUrl` or
 * `limits.databaseUrl` for all together.
 *
 * @example
 * export const POST = createHandler({ name: 'Todo MCP', version: '1.0.0', auth, tools });
 * @throws TypeError when two tools, resources or prompts have the same name, or one needs a scope that `auth` does not know.
 */
export function createHandler(options: HandlerOptions): Handler {
  const { respond, log } = protect(options, { isEnding: false });
  const { redisUrl, databaseUrl, ...counted } = options.limits ?? {};
  if ((redisUrl ?? databaseUrl) === undefined && Object.values(counted).some((limit) => limit > 0)) {
    const message = 'Limits are counted in memory: each instance of the host counts for itself.';
    log('info', 'limits_per_instance', { message });
  }
  return async (request) => {
    const exchange = new FetchExchange(request);
    void respond(exchange);
    return await exchange.response;
  };
}
