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

/** @returns the organization (`org_…`) that a token is for: `oid`, or `org_id` (docs/scalekit.md#access-tokens). */
export function organizationOf(claims: Readonly<Record<string, unknown>>): string | undefined {
  return [claims.oid, claims.org_id].find((claim) => typeof claim === 'string' && claim !== '') as
    | string
    | undefined;
}

/** @returns whether a machine acts for itself: then the subject is the client (docs/scalekit.md#access-tokens). */
export function isMachine({ sub, client_id }: Readonly<Record<string, unknown>>): boolean {
  return typeof sub === 'string' && sub === client_id;
}

/** @returns the texts of a claim that lists some, such as `roles`; none if it is missing or anything else. */
export function textsIn(claim: unknown): readonly string[] {
  return Array.isArray(claim) ? claim.filter((each): each is string => typeof each === 'string') : [];
}
