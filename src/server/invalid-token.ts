// Which tokens are refused, beside those whose signature is wrong; and which of jose's errors are the token's fault.
import type { JWTHeaderParameters, JWTPayload } from 'jose';
import * as errors from 'jose/errors';
import { accessTokenTypes, maximumLifetimeSeconds } from '../scalekit/tokens.ts';

const second = 1000;

/** Why a token is refused: the code is for the log, the sentence for the client. Neither holds a value of the token. */
const refusals = {
  token_malformed: 'The access token is malformed',
  token_algorithm: 'The access token is not signed with RS256',
  token_type: 'This is not an access token',
  token_key_unknown: 'The access token is signed with an unknown key',
  token_signature: 'The signature of the access token does not match',
  token_issuer: 'The access token was issued by another authorization server',
  token_audience: 'The access token was issued for another server',
  token_subject: 'The access token names no subject',
  token_expired: 'The access token has expired',
  token_not_yet_valid: 'The access token is not valid yet',
  token_lifetime: 'The access token is valid for longer than a day',
  token_denied: 'The access token was withdrawn',
  token_sender_bound: 'The access token is bound to a key of its sender and cannot be used as a bearer token',
} as const;

/** The reason code of a refused token. */
export type TokenRefusal = keyof typeof refusals;

/**
 * The token is invalid: the answer is 401, and the client gets a new one.
 *
 * @example
 * try {
 *   await auth.verify(token);
 * } catch (error) {
 *   if (error instanceof InvalidToken) console.log(error.reason); // such as token_expired
 * }
 */
export class InvalidToken extends Error {
  override readonly name = 'InvalidToken';
  /** A short code, for a log. */
  readonly reason: TokenRefusal;
  /** What the token says, if its signature is valid. */
  readonly claims: JWTPayload;

  constructor(reason: TokenRefusal, claims: JWTPayload = {}) {
    super(refusals[reason]);
    this.reason = reason;
    this.claims = claims;
  }
}

/** What jose leaves to us (RFC 8725, RFC 9068, RFC 9449 section 7.2). */
export function refusalOfClaims(
  { typ }: JWTHeaderParameters,
  claims: JWTPayload,
  tolerance: number,
): TokenRefusal | undefined {
  const now = Date.now() / second;
  const { sub, cnf, iat = now, exp = Number.NaN } = claims;
  if (!isAccessTokenType(typ)) return 'token_type';
  if (typeof sub !== 'string' || sub.trim() === '') return 'token_subject';
  if (cnf !== undefined) return 'token_sender_bound';
  if (typeof iat !== 'number') return 'token_malformed';
  if (iat > now + tolerance) return 'token_not_yet_valid';
  // Written so that a time that is not a number is refused, too.
  return exp - iat <= maximumLifetimeSeconds ? undefined : 'token_lifetime';
}

/** The type is optional, and its case is free. */
function isAccessTokenType(typ: unknown): boolean {
  return typ === undefined || (typeof typ === 'string' && accessTokenTypes.includes(typ.toLowerCase()));
}

const claimRefusals: Readonly<Record<string, TokenRefusal>> = {
  iss: 'token_issuer',
  aud: 'token_audience',
  sub: 'token_subject',
  nbf: 'token_not_yet_valid',
};

/** Which of jose's errors are the token's fault. All others are ours or the key server's: no reason to drop a token. */
export function refusalOf(error: unknown): TokenRefusal | undefined {
  if (error instanceof errors.JWTExpired) return 'token_expired';
  if (error instanceof errors.JWTClaimValidationFailed)
    return claimRefusals[error.claim] ?? 'token_malformed';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'token_signature';
  if (error instanceof errors.JWKSNoMatchingKey) return 'token_key_unknown';
  if (error instanceof errors.JWKSMultipleMatchingKeys) return 'token_key_unknown';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'token_algorithm';
  if (error instanceof errors.JOSENotSupported) return 'token_malformed';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'token_malformed';
  return undefined;
}

/** jose looks at the claims after the signature, and hands on what it saw. */
export function claimsOf(error: unknown): JWTPayload | undefined {
  const aboutClaims = error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed;
  return aboutClaims ? error.payload : undefined;
}
