import { signIn } from '../sign-in/sign-in.ts';
import type { Visit } from '../sign-in/visit.ts';

/** A sign-in that lasts as long as the command: it lives in memory alone, and `drop` forgets it. */
export interface Session {
  /** @throws Error after `drop`. */
  token(): string;
  /** What was granted, as far as it is known. */
  readonly scopes: readonly string[];
  drop(): void;
}

function hold(accessToken: string, scopes: readonly string[]): Session {
  let token: string | undefined = accessToken;
  return {
    token: () => {
      if (token === undefined) throw new Error('the sign-in is over');
      return token;
    },
    scopes,
    drop: () => {
      token = undefined;
    },
  };
}

/**
 * Signs a person in at Scalekit's own MCP server. No refresh token is asked for, and nothing is kept.
 * @param wanted the scopes, as far as the server knows them; where it knows none of these, all that it lists.
 * @throws as `signIn`.
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
