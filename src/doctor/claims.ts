/**
 * The claims that checks may read: any other does not compile in a check. Whom the token is about is not kept, because a
 * saved report is made to be shown to others.
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

/** The parts of a token that are kept. */
export type Claims = Readonly<Partial<Record<(typeof keptClaims)[number], unknown>>>;
