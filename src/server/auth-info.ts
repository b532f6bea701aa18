// Who calls, in the form in which the official SDK passes it to tools.
import type { Access, User } from './access.ts';

/** What the official SDK, version 1 and 2, passes to tools as `authInfo`. */
export type AuthInfo<Scope extends string = string> = {
  /** The access token itself. */
  token: string;
  /** The MCP client that the user allowed in; empty if the token does not say. */
  clientId: string;
  /** This server's scopes that the token has, implied ones included. */
  scopes: Scope[];
  /** In seconds since 1970. */
  expiresAt: number;
  /** The MCP endpoint of this server. */
  resource: URL;
  /** The metadata URL in the challenges that the SDK makes. */
  resourceMetadataUrl: string;
  extra: {
    /** Whose token it is; `userOf` reads it. */
    user: User;
  };
};

/** @returns what the SDK takes, for a valid token. */
export function authInfoOf<Scope extends string>(
  token: string,
  { user, scopes }: Access<Scope>,
  { endpoint, metadataUrl }: { readonly endpoint: URL; readonly metadataUrl: URL },
): AuthInfo<Scope> {
  return {
    token,
    clientId: user.clientId ?? '',
    scopes: [...scopes],
    expiresAt: Number(user.claims.exp),
    resource: endpoint,
    resourceMetadataUrl: metadataUrl.href,
    extra: { user },
  };
}

/** The part of the SDK's `authInfo` that says whose it is. */
export interface CarriesUser {
  /** Holds the user. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/** @throws TypeError if it did not come from a ScalekitProvider. */
export function userIn(authInfo: CarriesUser | undefined): User {
  const user = authInfo?.extra?.user;
  if (typeof user === 'object' && user !== null && 'id' in user && 'claims' in user) return user as User;
  throw new TypeError('authInfo has no user: the request has not passed ScalekitProvider');
}
