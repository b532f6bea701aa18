import type { TokenShape } from '../../emulator/like.ts';
import { openIdScopes } from '../../scalekit/index.ts';

/** What the answers are compared with: the project's own settings, none of which is saved. */
export interface Tenant {
  readonly environmentUrl: string;
  readonly resourceId: string;
  readonly mcpUrl: string | undefined;
}

/** @returns which of Scalekit's two issuers it is (docs/scalekit.md#access-tokens). */
export function issuerKind({ environmentUrl, resourceId }: Tenant, issuer: unknown): TokenShape['issuer'] {
  if (issuer === environmentUrl) return 'environment';
  return issuer === `${environmentUrl}/resources/${resourceId}` ? 'resource' : 'other';
}

/** @returns the claims of a JWT, unverified; empty for anything else. */
export function claimsOf(token: unknown): Readonly<Record<string, unknown>> {
  try {
    const payload = Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString();
    const claims: unknown = JSON.parse(payload);
    return typeof claims === 'object' && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}

function audienceKind({ resourceId, mcpUrl }: Tenant, value: unknown): 'server' | 'resource' | 'other' {
  if (value === resourceId) return 'resource';
  const withoutSlash = (text: string) => text.replace(/\/$/, '');
  return mcpUrl !== undefined && withoutSlash(String(value)) === withoutSlash(mcpUrl) ? 'server' : 'other';
}

function scopesIn(claims: Readonly<Record<string, unknown>>): readonly string[] {
  return [claims.scope, claims.scopes, claims.scp]
    .flat()
    .flatMap((each) => (typeof each === 'string' ? each.split(' ') : []));
}

/** Claims that say nothing of a tenant by being there (docs/scalekit.md#access-tokens); the names of its own stay its own. */
const publicClaims: readonly string[] = [
  ...[
    'sub',
    'iss',
    'aud',
    'exp',
    'iat',
    'nbf',
    'jti',
    'sid',
    'oid',
    'org_id',
    'xoid',
    'xuid',
    'client_id',
    'azp',
  ],
  ...['scope', 'scopes', 'scp', 'roles', 'permissions', 'amr', 'auth_time', 'email', 'name', 'typ', 'tid'],
];

/** @returns what a token looks like, and nothing of whom it is for. */
export function shapeOf(tenant: Tenant, token: unknown): TokenShape {
  const claims = claimsOf(token);
  const { exp, iat } = claims;
  const named = (['scope', 'scopes', 'scp'] as const).filter((name) => name in claims);
  return {
    issuer: issuerKind(tenant, claims.iss),
    audience: [claims.aud ?? []].flat().map((each) => audienceKind(tenant, each)),
    scopeClaims: named,
    openIdScopes: [...new Set(scopesIn(claims))].filter((scope) => openIdScopes.has(scope)).sort(),
    claims: Object.keys(claims)
      .filter((name) => publicClaims.includes(name))
      .sort(),
    ...(typeof exp === 'number' && typeof iat === 'number' ? { lifetime: exp - iat } : {}),
  };
}
