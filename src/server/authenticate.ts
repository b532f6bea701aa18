// From a request's headers to what its token allows, or to the refusal: the same in our server and in guards of others.
import type { Access } from './access.ts';
import { InvalidToken } from './invalid-token.ts';
import { KeysUnavailable } from './keys.ts';
import { Refusal } from './refusal.ts';
import type { Scopes } from './scopes.ts';

/** What has to be known about a server to let requests in: `ScalekitProvider` is one. */
export interface Authority {
  readonly scopes: Scopes;
  verify(token: string): Promise<Access>;
  challenge(error?: { code: string; description: string }, scope?: readonly string[]): string;
}

/**
 * Finds the token in a request (RFC 6750, section 2.1).
 * @param authorization the value of each `Authorization` header.
 * @param url as it was asked for, with its query.
 * @returns the token, or nothing where none was sent.
 * @throws Refusal where there are two, or one in the URL.
 */
export function bearerToken(authorization: readonly string[] = [], url = ''): string | undefined {
  if (/[?&]access_token=/i.test(url)) {
    throw new Refusal(
      400,
      'token_in_url',
      'A token in a URL ends up in logs: send it in the Authorization header',
    );
  }
  const [header = '', second] = authorization;
  if (second !== undefined) throw new Refusal(400, 'two_tokens', 'There are two Authorization headers');
  return /^bearer +(.*)$/i.exec(header)?.[1];
}

/**
 * @returns what the token allows.
 * @throws Refusal: 401 where there is no token or a bad one, which is the cause then; 503 where that could not be found out.
 */
export async function admit(token: string | undefined, auth: Authority): Promise<Access> {
  if (token === undefined) throw noToken(auth);
  try {
    return await auth.verify(token);
  } catch (cause) {
    // Unknown trouble is ours. A 401 would make the client throw a good token away.
    if (!(cause instanceof InvalidToken)) throw keysUnavailable(cause);
    const { reason, message } = cause;
    const headers = { 'www-authenticate': auth.challenge({ code: 'invalid_token', description: message }) };
    throw new Refusal(401, reason, message, { headers, cause });
  }
}

/**
 * @param needed what the token has to have beside the base scopes, where that is known.
 * @returns the 401 for a request that brings no token. Without an error code (RFC 6750, section 3.1).
 */
export function noToken(auth: Authority, needed: readonly string[] = []): Refusal {
  const { scopes } = auth;
  const wanted = needed.length > 0 ? scopes.inOrder(new Set([...scopes.base, ...needed])) : undefined;
  const headers = { 'www-authenticate': auth.challenge(undefined, wanted) };
  return new Refusal(401, 'no_token', 'An access token is required', { headers });
}

/** @returns the 503 that tells a client to come back with the same token. */
export function keysUnavailable(error: unknown): Refusal {
  const known = error instanceof KeysUnavailable ? error : undefined;
  const { reason, retryAfter, cause } = known ?? { reason: 'keys_unavailable', retryAfter: 5, cause: error };
  const headers = { 'retry-after': String(retryAfter) };
  return new Refusal(503, reason, 'Tokens cannot be verified now', { headers, cause });
}

/** What a client has to ask for where its token lacks a scope, and the sentence that says so. */
export interface MissingScopes {
  readonly description: string;
  readonly wanted: readonly string[];
}

/**
 * What is missing, and for which scopes a client is to ask: for those that are needed AND those that it should keep. Many
 * clients replace their scopes by those in the challenge, and would be back here with the next tool.
 * @param held the token's scopes.
 * @returns nothing where none is missing.
 */
export function missingScopes(
  needed: readonly string[],
  held: ReadonlySet<string>,
  scopes: Scopes,
): MissingScopes | undefined {
  const missing = needed.filter((scope) => !held.has(scope));
  if (missing.length === 0) return undefined;
  const names = new Intl.ListFormat('en').format(missing.map((scope) => `\`${scope}\``));
  return {
    description: `Insufficient permissions: ${names} ${missing.length > 1 ? 'scopes' : 'scope'} required.`,
    wanted: scopes.inOrder(new Set([...scopes.base, ...held, ...needed])),
  };
}

/** @returns the 403 with its challenge (RFC 6750, section 3.1), or nothing where no scope is missing. */
export function refuseScopes(
  needed: readonly string[],
  held: ReadonlySet<string>,
  auth: Authority,
): Refusal | undefined {
  const lack = missingScopes(needed, held, auth.scopes);
  if (lack === undefined) return undefined;
  const { description, wanted } = lack;
  return new Refusal(403, 'insufficient_scope', description, {
    headers: { 'www-authenticate': auth.challenge({ code: 'insufficient_scope', description }, wanted) },
  });
}
