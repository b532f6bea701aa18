import { randomBytes } from 'node:crypto';
import { signingAlgorithm } from '../../scalekit/index.ts';
import type { ScalekitFacts } from '../facts/index.ts';
import { authorizationMetadata, keyList, strings } from '../reading.ts';

/** What a forged token claims, so that only its signature is wrong. */
export interface Forgery {
  readonly issuer: string;
  readonly audience: readonly string[];
  /** The id of a key that the key server really has, so that the server gets as far as the signature. */
  readonly keyId: string | undefined;
  /** All that the authorization server has, so that no scope is lacking. */
  readonly scopes: readonly string[];
}

/** @returns claims that the server at an endpoint would accept if its authorization server had signed them. */
export function forgeryFor(endpoint: string, scalekit: ScalekitFacts | undefined): Forgery {
  const { origin } = new URL(endpoint);
  if (scalekit === undefined) return { issuer: origin, audience: [endpoint], keyId: undefined, scopes: [] };
  const { issuer, environmentUrl, resourceId } = scalekit;
  const keyId = keyList(scalekit)?.[0]?.kid;
  return {
    issuer: environmentUrl ?? issuer,
    audience: resourceId === undefined ? [endpoint] : [`${origin}/`, resourceId],
    keyId: typeof keyId === 'string' ? keyId : undefined,
    scopes: strings(authorizationMetadata(scalekit)?.scopes_supported),
  };
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(header: object, claims: object, signature: string): string {
  return `${encode(header)}.${encode(claims)}.${signature}`;
}

/**
 * Makes access tokens that any verifier must refuse (RFC 8725 §3.1, docs/mcp.md#tokens). They name no real person.
 * @param now seconds since 1970.
 */
export function forgeTokens(
  forgery: Forgery,
  now: number,
): { readonly unsigned: string; readonly forged: string; readonly expired: string } {
  const claims = {
    iss: forgery.issuer,
    aud: forgery.audience,
    sub: 'usr_scalekit_mcp_doctor',
    client_id: 'scalekit-mcp-doctor',
    scope: forgery.scopes.join(' '),
    iat: now,
    nbf: now,
    exp: now + 300,
  };
  const header = { alg: signingAlgorithm, typ: 'at+jwt', kid: forgery.keyId ?? 'scalekit-mcp-doctor' };
  // As long as an RS256 signature with a 2048-bit key.
  const signature = randomBytes(256).toString('base64url');
  const old = { ...claims, iat: now - 7200, nbf: now - 7200, exp: now - 3600 };
  return {
    unsigned: token({ alg: 'none', typ: 'at+jwt' }, claims, ''),
    forged: token(header, claims, signature),
    expired: token(header, old, signature),
  };
}
