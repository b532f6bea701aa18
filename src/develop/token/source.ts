import type { TokenOptions } from './target.ts';

/** A token, and what it may do. */
export interface Taken {
  readonly token: string;
  readonly scopes: readonly string[];
}

/** Which scopes a token is to have. */
export type ScopeWish =
  /** All of the server's scopes. */
  | { readonly kind: 'all' }
  /** Exactly these, because the person asked for them. */
  | { readonly kind: 'exactly'; readonly scopes: readonly string[] }
  /** These, and those that clients request first; a token with more will do. */
  | { readonly kind: 'atLeast'; readonly scopes: readonly string[] };

/** Where the tokens for one server come from. */
export interface TokenSource {
  /** The server's MCP endpoint. */
  readonly endpoint: string;
  /**
   * @throws UsageError (exit code 2) if somebody would have to sign in and nobody is there; UserError if a token is
   *   refused; what aborted the context.
   */
  take(wish: ScopeWish): Promise<Taken>;
  /** @returns a token for which nobody has to sign in; undefined if there is none. @throws as `take`. */
  atHand(wish: ScopeWish): Promise<Taken | undefined>;
  /** Gets a new one, without using a stored one, after the server said that it lacks scopes (403). @throws as `take`. */
  stepUp(wish: ScopeWish): Promise<Taken>;
  /** Replaces one that the server has refused (401). @throws as `take`. */
  replace(refused: Taken, wish: ScopeWish): Promise<Taken>;
  /** Forgets what is stored for this server, and revokes it if possible. @returns what was done, in words. */
  logout(): Promise<string>;
}

/** @returns the scopes of `--scopes`, or undefined if there is none. */
export function scopesGiven({ scopes }: Pick<TokenOptions, 'scopes'>): readonly string[] | undefined {
  if (scopes === undefined) return undefined;
  return [...new Set(scopes.split(/[\s,]+/).filter((scope) => scope !== ''))];
}

/** @returns the wish for the scopes of `--scopes`, or else the given one. */
export function wishOf(options: Pick<TokenOptions, 'scopes'>, otherwise: ScopeWish): ScopeWish {
  const scopes = scopesGiven(options);
  return scopes === undefined ? otherwise : { kind: 'exactly', scopes };
}
