import { endpoints } from './endpoints.ts';

/** The signature algorithm of Scalekit's access tokens (docs/scalekit.md#endpoints). */
export const signingAlgorithm = 'RS256';

/** Accepted values of a token's `typ` header, lower case; absent is accepted too (docs/mcp.md#tokens). */
export const accessTokenTypes: readonly string[] = ['at+jwt', 'application/at+jwt', 'jwt'];

/** The clock skew that is tolerated, in seconds (Envoy's default). */
export const clockToleranceSeconds = 60;

/** The longest lifetime that is accepted, in seconds: Scalekit issues no token that lives longer. */
export const maximumLifetimeSeconds = 24 * 60 * 60;

/** The two issuers that are accepted while Scalekit's migration runs (docs/scalekit.md#access-tokens). */
export function acceptedIssuers(environmentUrl: string, resourceId: string): readonly [string, string] {
  return [environmentUrl, endpoints(environmentUrl, resourceId).issuer];
}

/** @returns whether `aud` names the resource by its id, the one check that no trailing slash can break. */
export function audienceMatches(aud: unknown, resourceId: string): boolean {
  return aud === resourceId || (Array.isArray(aud) && aud.includes(resourceId));
}

/**
 * The scopes of a token: the union of `scope` (a string), `scp` and `scopes` (strings or arrays), since users' tokens,
 * machines' tokens and older ones each use another (docs/scalekit.md#access-tokens).
 */
export function scopesOf(claims: Readonly<Record<string, unknown>>): readonly string[] {
  const names = [claims.scope, claims.scp, claims.scopes].flatMap((claim) =>
    typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [],
  );
  return [...new Set(names.filter((name): name is string => typeof name === 'string' && name !== ''))];
}
