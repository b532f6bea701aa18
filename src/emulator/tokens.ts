import { randomUUID } from 'node:crypto';
import { importJWK, type JWTPayload, SignJWT } from 'jose';
import { signingAlgorithm } from '../scalekit/index.ts';
import type { MintOptions } from './contract.ts';
import type { KeyRing } from './keys.ts';
import { permitted, roleClaims } from './permissions.ts';
import { accessTokenAudience, now, type Settings, scopeNames } from './settings.ts';
import { firstOf, mintingClientId, organizationClient, organizationId } from './users.ts';

/** The claims that differ between tokens. */
export interface Subject {
  /** `usr_…`, or the client itself for a machine. */
  readonly sub: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Seconds. */
  readonly lifetime: number;
}

/** @returns the `iss` of tokens (docs/scalekit.md#access-tokens). */
function issuerOf(settings: Settings): string {
  return settings.tokenIssuer === 'environment' ? settings.url : settings.endpoints.issuer;
}

/**
 * How a token lists its scopes. People's tokens have the string, those of an organization's machine only the array. What one of the
 * server's machines has is unknown, so it gets both, and the documented array when strict (docs/scalekit.md#machines-and-organizations).
 */
function formOfScopes(settings: Settings, { sub, clientId }: Subject): 'string' | 'array' | 'both' {
  if (clientId === organizationClient.clientId) return 'array';
  if (sub === clientId)
    return settings.strict && settings.machineScopes === 'both' ? 'array' : settings.machineScopes;
  if (settings.scopeClaim === 'array') return 'array';
  return settings.scopesArray ? 'both' : 'string';
}

/**
 * The claims of an access token like Scalekit's (docs/scalekit.md#access-tokens). Machines' tokens have the `scopes` array
 * that Scalekit documents for them, and no session.
 */
export function accessTokenClaims(settings: Settings, subject: Subject): Record<string, unknown> {
  const issuedAt = now(settings);
  const isMachine = subject.sub === subject.clientId;
  const form = formOfScopes(settings, subject);
  return {
    iss: issuerOf(settings),
    aud: accessTokenAudience(settings),
    sub: subject.sub,
    client_id: subject.clientId,
    ...(form === 'array' ? {} : { scope: subject.scopes.join(' ') }),
    ...(form === 'string' ? {} : { scopes: subject.scopes }),
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + subject.lifetime,
    jti: `tkn_${randomUUID()}`,
    ...(isMachine ? {} : { sid: `ses_${randomUUID()}` }),
    oid: organizationId,
    ...roleClaims(settings, subject.sub),
  };
}

/** An expired token gets an issue time one lifetime before it expired. */
function times(settings: Settings, expiresIn: number): { iat: number; nbf: number; exp: number } {
  const time = now(settings);
  const exp = time + expiresIn;
  const iat = expiresIn > 0 ? time : exp - settings.tokenLifetime;
  return { iat, nbf: iat, exp };
}

function withoutUndefined(claims: Readonly<Record<string, unknown>>): JWTPayload {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

/**
 * Signs an access token, valid or not, as the options say.
 * @returns the compact serialization.
 */
export async function mint(settings: Settings, keys: KeyRing, options: MintOptions): Promise<string> {
  const expiresIn = options.expiresIn ?? settings.tokenLifetime;
  const sub = options.subject ?? firstOf(settings.users).id;
  const claims = withoutUndefined({
    ...accessTokenClaims(settings, {
      sub,
      clientId: mintingClientId,
      scopes: permitted(settings, sub, options.scopes ?? scopeNames(settings)),
      lifetime: expiresIn,
    }),
    ...times(settings, expiresIn),
    ...(options.issuer === undefined ? {} : { iss: options.issuer }),
    ...(options.audience === undefined ? {} : { aud: options.audience }),
    ...options.claims,
  });
  const key = options.foreignKey ? await keys.foreign() : keys.current;
  return new SignJWT(claims)
    .setProtectedHeader({ alg: signingAlgorithm, typ: 'at+jwt', kid: key.kid, ...options.header })
    .sign(await importJWK(key, signingAlgorithm));
}
