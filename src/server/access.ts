// Who calls, and what their token allows.
import type { JWTPayload } from 'jose';

/** Whose token it is. */
export interface User {
  /** The key for everything that belongs to this user. In another Scalekit environment the same person has another. */
  readonly id: string;
  /** The token's `sub`: `usr_…`, or a client id if a machine acts for itself. */
  readonly subject: string;
  /** The MCP client that the user allowed in, if the token says. */
  readonly clientId: string | undefined;
  /** `machine` if a client acts for itself, without a person. */
  readonly kind: 'person' | 'machine';
  /** The organization (`org_…`) that the user signed in to, if the token says: the key for what its members share. */
  readonly organization: string | undefined;
  /** The user's roles in Scalekit, such as `admin`; none if the token does not say. */
  readonly roles: readonly string[];
  /** What these roles permit, such as `perm_…` or a name; none if the token does not say. */
  readonly permissions: readonly string[];
  /** Everything the token says, such as `org_id`. */
  readonly claims: Readonly<JWTPayload>;
}

/** What a good token allows. */
export interface Access<Scope extends string = string> {
  /** Whose token it is. */
  readonly user: User;
  /** This server's scopes that the token has, implied ones included. */
  readonly scopes: ReadonlySet<Scope>;
}
