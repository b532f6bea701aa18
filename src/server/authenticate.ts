// From a request's headers to what its token allows, or to a refusal: the same for our server and for the guards of other servers.
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
 * @returns the token, or nothing if none was sent.
 * @throws Refusal if there are two, or one is in the URL.
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
 * @throws Refusal: 401 if there is no token or a bad one (then with the cause); 503 if that could not be found out.
 */
export async function admit(token: string | undefined, auth: Authority): Promise<Access> {
  if (token === undefined) throw noToken(auth);
  try {
    return await auth.verify(token);
  } catch (cause) {
    // An unknown error is our fault. A 401 would make the client throw a good token away.
    throw cause instanceof InvalidToken ? badToken(cause, auth) : keysUnavailable(cause);
  }
}

/** @returns the 401 for a bad token, with the challenge that sends the client for another. */
export function badToken(cause: InvalidToken, auth: Authority): Refusal {
  const { reason, message } = cause;
  const headers = { 'www-authenticate': auth.challenge({ code: 'invalid_token', description: message }) };
  return new Refusal(401, reason, message, { headers, cause });
}

/**
 * @param needed the scopes that the token needs besides the base scopes, if they are known.
 * @returns the 401 for a request without a token. It has no error code (RFC 6750, section 3.1).
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

/** The scopes that a client has to request if its token lacks one, and the sentence that says so. */
export interface MissingScopes {
  readonly description: string;
  readonly wanted: readonly string[];
}

/**
 * The missing scopes, and those that a client has to request: the needed ones AND those that it should keep. Many
 * clients replace their scopes by those in the challenge, and would be refused again with the next tool.
 * @param held the token's scopes.
 * @returns nothing if none is missing.
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

/** @returns the 403 with its challenge (RFC 6750, section 3.1), or nothing if no scope is missing. */
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
