import type { TokenShape } from '../../emulator/like.ts';
import { endpoints, openIdScopes, scopesOf } from '../../scalekit/index.ts';
import { decodePart } from '../gather/token.ts';

/** What the answers are compared with: the project's own settings, which are not saved. */
export interface Tenant {
  readonly environmentUrl: string;
  readonly resourceId: string;
  readonly mcpUrl: string | undefined;
}

/** @returns which of Scalekit's two issuers it is (docs/scalekit.md#access-tokens). */
export function issuerKind({ environmentUrl, resourceId }: Tenant, issuer: unknown): TokenShape['issuer'] {
  if (issuer === environmentUrl) return 'environment';
  return issuer === endpoints(environmentUrl, resourceId).issuer ? 'resource' : 'other';
}

function audienceKind({ resourceId, mcpUrl }: Tenant, value: unknown): 'server' | 'resource' | 'other' {
  if (value === resourceId) return 'resource';
  const withoutSlash = (text: string) => text.replace(/\/$/, '');
  return mcpUrl !== undefined && withoutSlash(String(value)) === withoutSlash(mcpUrl) ? 'server' : 'other';
}

/** Claims whose names reveal nothing about a tenant (docs/scalekit.md#access-tokens). The names of a tenant's own claims are not kept. */
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

/** @returns the shape of a token, without anything about the person. */
export function shapeOf(tenant: Tenant, token: unknown): TokenShape {
  const claims = decodePart(String(token).split('.')[1]) ?? {};
  const { exp, iat } = claims;
  const named = (['scope', 'scopes', 'scp'] as const).filter((name) => name in claims);
  return {
    issuer: issuerKind(tenant, claims.iss),
    audience: [claims.aud ?? []].flat().map((each) => audienceKind(tenant, each)),
    scopeClaims: named,
    openIdScopes: scopesOf(claims)
      .filter((scope) => openIdScopes.has(scope))
      .sort(),
    claims: Object.keys(claims)
      .filter((name) => publicClaims.includes(name))
      .sort(),
    ...(typeof exp === 'number' && typeof iat === 'number' ? { lifetime: exp - iat } : {}),
  };
}
