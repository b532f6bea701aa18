import {
  assertSecureTokenEndpoint,
  ClientCredentialsProvider,
  discoverAuthorizationServerMetadata,
  type FetchLike,
  fetchToken,
  OAuthError,
  refreshAuthorization,
} from '@modelcontextprotocol/client';
import { printable } from '../scalekit/index.ts';
import { UserError } from '../terminal/errors.ts';
import { discover, fetchWithin, signInError } from './discover.ts';
import type { SignedIn } from './sign-in.ts';
import { type Origin, originOf, type Tokens, tokensOf } from './tokens.ts';

async function metadataOf({ authorizationServer }: Origin, fetchFn: FetchLike) {
  const metadata = await discoverAuthorizationServerMetadata(authorizationServer, { fetchFn });
  return metadata === undefined ? {} : { metadata };
}

/**
 * Exchanges a refresh token for new tokens (RFC 6749, section 6).
 * @returns the new ones, with the old refresh token if no new one came; undefined if the old one is no longer valid.
 * @throws UserError if nobody answers; what aborted the signal.
 */
export async function renew(
  origin: Origin,
  { refreshToken, scopes }: Tokens,
  signal: AbortSignal,
): Promise<Tokens | undefined> {
  if (refreshToken === undefined) return undefined;
  const fetchFn = fetchWithin(signal);
  const { authorizationServer, client, resource } = origin;
  try {
    const answer = await refreshAuthorization(authorizationServer, {
      ...(await metadataOf(origin, fetchFn)),
      clientInformation: client,
      refreshToken,
      ...(resource !== undefined && { resource }),
      fetchFn,
    });
    return tokensOf(answer, scopes);
  } catch (error) {
    signal.throwIfAborted();
    // It was used, was revoked or has expired, or the server has forgotten the client: only a new sign-in helps.
    if (error instanceof OAuthError) return undefined;
    throw signInError(new URL(authorizationServer), error);
  }
}

export interface MachineOptions {
  readonly server: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Default: whatever the authorization server grants. */
  readonly scopes?: readonly string[] | undefined;
  /** The only authorization server that may see the secret. Default: the one that the server names. */
  readonly expectedIssuer?: string | undefined;
  readonly signal: AbortSignal;
}

/** A secret is sent only to the authorization server that it belongs to. */
function otherIssuer(server: URL, issuer: string, expected: string): UserError {
  return new UserError(
    `The server at ${server.host} names another authorization server than the project's settings: ${printable(issuer)}\n    expected ${expected}. The client's secret was not sent.`,
    { code: 'sign-in/other-issuer', next: 'npx scalekit-mcp doctor' },
  );
}

/**
 * Gets a token for a machine by the client credentials grant (RFC 6749, section 4.4; docs/scalekit.md#machines-and-organizations).
 * @throws UserError if it is refused; what aborted the signal.
 */
export async function machineSignIn(options: MachineOptions): Promise<SignedIn> {
  const { server, clientId, clientSecret, signal } = options;
  const fetchFn = fetchWithin(signal);
  try {
    const { info, resource } = await discover(server, fetchFn);
    const { authorizationServerUrl, authorizationServerMetadata: metadata } = info;
    const issuer = metadata?.issuer ?? authorizationServerUrl;
    const { expectedIssuer = issuer } = options;
    if (issuer !== expectedIssuer) throw otherIssuer(server, issuer, expectedIssuer);
    const provider = new ClientCredentialsProvider({ clientId, clientSecret, expectedIssuer });
    const scope = options.scopes?.join(' ');
    const answer = await fetchToken(provider, authorizationServerUrl, {
      ...(metadata && { metadata }),
      ...(resource !== undefined && { resource }),
      ...(scope && { scope }),
      fetchFn,
    });
    const client = { client_id: clientId };
    return { tokens: tokensOf(answer, options.scopes ?? []), origin: originOf(info, client, resource) };
  } catch (error) {
    signal.throwIfAborted();
    throw signInError(server, error);
  }
}

/**
 * Revokes a token (RFC 7009), if the authorization server supports that. Scalekit's does not for clients that
 * have registered themselves (docs/scalekit.md#scopes-and-refresh-tokens).
 * @returns whether it is revoked.
 */
export async function revoke(origin: Origin, tokens: Tokens, signal: AbortSignal): Promise<boolean> {
  const fetchFn = fetchWithin(signal, { milliseconds: 5000 });
  const { client_id, client_secret } = origin.client;
  try {
    const { metadata } = await metadataOf(origin, fetchFn);
    const endpoint =
      metadata !== undefined && 'revocation_endpoint' in metadata && metadata.revocation_endpoint;
    if (typeof endpoint !== 'string') return false;
    assertSecureTokenEndpoint(endpoint);
    const secret = client_secret === undefined ? {} : { client_secret };
    const token = tokens.refreshToken ?? tokens.accessToken;
    const response = await fetchFn(endpoint, {
      method: 'POST',
      body: new URLSearchParams({ token, client_id, ...secret }),
      redirect: 'error',
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
