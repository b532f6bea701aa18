import type { OAuthClientInformationMixed, OAuthServerInfo, OAuthTokens } from '@modelcontextprotocol/client';
import { scopesIn } from '../scalekit/index.ts';

/** What an authorization server has given. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken?: string;
  /** Milliseconds since 1970; undefined if nobody says. */
  readonly expiresAt?: number;
  /** What was granted, where the authorization server says so; else what was asked for (RFC 6749, section 5.1). */
  readonly scopes: readonly string[];
}

/** Where tokens come from, and as which client: all that renewing and revoking them takes. */
export interface Origin {
  readonly authorizationServer: string;
  readonly client: Pick<OAuthClientInformationMixed, 'client_id' | 'client_secret'>;
  /** The resource indicator (RFC 8707). */
  readonly resource?: string;
}

/** @returns the `exp` of a JWT in ms, as far as there is one to be read; nothing is verified. */
function expiryOf(token: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const { exp } = claims as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}

/** @param asked the scopes that were asked for. */
export function tokensOf(answer: OAuthTokens, asked: readonly string[]): Tokens {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: lifetime, scope } = answer;
  const expiresAt = lifetime === undefined ? expiryOf(accessToken) : Date.now() + lifetime * 1000;
  return {
    accessToken,
    scopes: scope === undefined ? asked : scopesIn(scope),
    ...(refreshToken !== undefined && { refreshToken }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

export function originOf(
  info: OAuthServerInfo,
  client: OAuthClientInformationMixed,
  resource: string | undefined,
): Origin {
  const { client_id, client_secret } = client;
  return {
    authorizationServer: info.authorizationServerUrl,
    client: { client_id, ...(client_secret !== undefined && { client_secret }) },
    ...(resource !== undefined && { resource }),
  };
}
