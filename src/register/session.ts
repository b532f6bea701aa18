import { signIn } from '../sign-in/sign-in.ts';
import type { Visit } from '../sign-in/visit.ts';

/** A sign-in for the duration of the command, in memory only; `drop` discards it. */
export interface Session {
  /** @throws Error after `drop`. */
  token(): string;
  /** The granted scopes, as far as they are known. */
  readonly scopes: readonly string[];
  drop(): void;
}

function hold(accessToken: string, scopes: readonly string[]): Session {
  let token: string | undefined = accessToken;
  return {
    token: () => {
      if (token === undefined) throw new Error('the sign-in was dropped');
      return token;
    },
    scopes,
    drop: () => {
      token = undefined;
    },
  };
}

/**
 * Signs a person in to Scalekit's own MCP server. No refresh token is requested, and nothing is stored.
 * @param wanted the scopes to request, as far as the server has them; if it has none of these, all that it lists.
 * @throws like `signIn`.
 */
export async function openSession(
  server: URL,
  wanted: readonly string[],
  visit: (visit: Visit) => Promise<URLSearchParams>,
  signal: AbortSignal,
): Promise<Session> {
  const { tokens } = await signIn({
    server,
    scopes: ({ scopes: known }) => {
      const asked = wanted.filter((scope) => known.includes(scope));
      return asked.length > 0 ? asked : known;
    },
    clientName: 'scalekit-mcp register',
    visit,
    signal,
  });
  return hold(tokens.accessToken, tokens.scopes);
}
