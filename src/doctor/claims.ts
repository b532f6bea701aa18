/**
 * Claims that a check reads: one that is not named here does not compile in a check. Who the token is about is not kept: a
 * saved report is for strangers' eyes.
 */
export const keptClaims = [
  'iss',
  'aud',
  'client_id',
  'exp',
  'iat',
  'nbf',
  'scope',
  'scp',
  'scopes',
  'at_hash',
  'nonce',
] as const;

/** What a token says, as far as it is kept. */
export type Claims = Readonly<Partial<Record<(typeof keptClaims)[number], unknown>>>;
