import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { printable } from '../../scalekit/index.ts';
import type { Context } from '../../terminal/context.ts';
import { UserError } from '../../terminal/errors.ts';
import { version } from '../../terminal/version.ts';
import { type TokenOptions, tokenFor } from '../token/for-server.ts';

/** How long a call may take, in milliseconds. */
const patience = 60_000;

/** The innermost of an error's causes: `fetch` itself says "fetch failed" of everything. */
function rootCause(error: unknown): Error {
  const known = error instanceof Error ? error : new Error(String(error));
  return known.cause instanceof Error ? rootCause(known.cause) : known;
}

/** Turns what went wrong between us and the server into words for a person. */
export function connectionError(endpoint: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const { message } = rootCause(error);
  const isSilent = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ECONNRESET|timed? ?out/i.test(
    `${message} ${String(error)}`,
  );
  return new UserError(
    isSilent
      ? `Nothing answers at ${endpoint}: ${printable(message)}`
      : `The server at ${endpoint} refused: ${printable(message)}`,
    {
      code: isSilent ? 'call/no-answer' : 'call/refused',
      next: isSilent ? 'npx scalekit-mcp dev' : 'npx scalekit-mcp doctor',
      cause: error,
    },
  );
}

/** A connection to an MCP server, with a token. */
export interface Connection {
  readonly client: Client;
  readonly endpoint: string;
  /** For each request. */
  readonly options: { readonly signal: AbortSignal; readonly timeout: number };
}

/**
 * Connects to the project's server, or to another, uses the connection, and closes it.
 * @throws UserError where it does not come to an end; what aborted the context.
 */
export async function withServer<T>(
  wish: TokenOptions,
  context: Context,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { endpoint, token } = await tokenFor(wish, context);
  const client = new Client({ name: 'scalekit-mcp', version }, { versionNegotiation: { mode: 'auto' } });
  const transport = new StreamableHTTPClientTransport(new URL(endpoint), {
    authProvider: { token: async () => token },
    onInsufficientScope: 'throw',
  });
  const options = { signal: context.signal, timeout: patience };
  try {
    await client.connect(transport, options);
    return await use({ client, endpoint, options });
  } catch (error) {
    context.signal.throwIfAborted();
    throw connectionError(endpoint, error);
  } finally {
    await client.close().catch(() => {});
  }
}
