// Who calls, and what their token allows.
import type { JWTPayload } from 'jose';

/** Whose token it is. */
export interface User {
  /** The key for everything that belongs to this user: the same person in another Scalekit environment has another. */
  readonly id: string;
  /** The token's `sub`: `usr_…`, or a client id where a machine acts for itself. */
  readonly subject: string;
  /** The MCP client that the user allowed in, if the token says. */
  readonly clientId: string | undefined;
  /** `machine` where a client acts for itself, with no person behind it. */
  readonly kind: 'person' | 'machine';
  /** The organization (`org_…`) that the user signed in to, if the token says: the key for what its members share. */
  readonly organization: string | undefined;
  /** The user's roles in Scalekit, such as `admin`; none where the token does not say. */
  readonly roles: readonly string[];
  /** What these roles permit, such as `perm_…` or a name; none where the token does not say. */
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
