import { signingAlgorithm } from '../../scalekit/index.ts';
import { keptClaims } from '../claims.ts';
import type { TokenFacts } from '../facts/index.ts';
import { parseObject } from '../reading.ts';

/** @returns the unverified header or claims of a JWT; undefined for anything else. */
export function decodePart(part: string | undefined): Readonly<Record<string, unknown>> | undefined {
  return parseObject(Buffer.from(part ?? '', 'base64url').toString('utf8'));
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function subjectOf(claims: Readonly<Record<string, unknown>>): TokenFacts['subject'] {
  if (claims.sub === undefined || claims.sub === '') return 'absent';
  return typeof claims.sub === 'string' ? 'present' : 'not-a-string';
}

type Keys = ReadonlyArray<Readonly<Record<string, unknown>>>;

/** @returns whether one of the authorization server's keys has signed the token. */
async function checkSignature(
  token: string,
  header: Readonly<Record<string, unknown>>,
  keys: Keys | undefined,
): Promise<TokenFacts['signature']> {
  if (header.alg === undefined || String(header.alg).toLowerCase() === 'none') return 'unsigned';
  if (header.alg !== signingAlgorithm) return 'other-algorithm';
  if (keys === undefined) return 'unchecked';
  const candidates = keys.filter((key) => header.kid === undefined || key.kid === header.kid);
  if (candidates.length === 0) return 'unknown-key';
  // Loaded here, because most runs have no token.
  const { compactVerify, importJWK } = await import('jose');
  for (const key of candidates) {
    const isSigner = await importJWK({ ...key }, signingAlgorithm)
      .then((imported) => compactVerify(token, imported, { algorithms: [signingAlgorithm] }))
      .then(
        () => true,
        () => false,
      );
    if (isSigner) return 'valid';
  }
  return 'invalid';
}

const unreadableFacts = {
  claims: {},
  subject: 'absent',
  isSenderBound: false,
  signature: 'unchecked',
} as const;

type Part = Readonly<Record<string, unknown>>;

/** @returns what is kept of the two readable parts of a token. */
export function readParts(header: Part, claims: Part): Omit<TokenFacts, 'source' | 'now' | 'signature'> {
  const [algorithm, type, keyId] = [header.alg, header.typ, header.kid].map(textIn);
  return {
    ...(algorithm === undefined ? {} : { algorithm }),
    ...(type === undefined ? {} : { type }),
    ...(keyId === undefined ? {} : { keyId }),
    claims: Object.fromEntries(keptClaims.flatMap((name) => (name in claims ? [[name, claims[name]]] : []))),
    subject: subjectOf(claims),
    isSenderBound: claims.cnf !== undefined,
  };
}

/**
 * Reads an access token and checks its signature. The token itself is in none of the facts.
 * @param keys the authorization server's keys, or undefined if they are not known.
 * @param now seconds since 1970.
 */
export async function readToken(
  token: string,
  source: TokenFacts['source'],
  keys: Keys | undefined,
  now: number,
): Promise<TokenFacts> {
  const parts = token.split('.');
  const [header, claims] = [decodePart(parts[0]), decodePart(parts[1])];
  const unreadable = (reason: string): TokenFacts => ({
    source,
    now,
    unreadable: reason,
    ...unreadableFacts,
  });
  if (parts.length === 5) return unreadable('it is encrypted (five parts)');
  if (parts.length !== 3)
    return unreadable(`it has ${parts.length} part${parts.length === 1 ? '' : 's'}, not three`);
  if (header === undefined || claims === undefined)
    return unreadable('its parts are not base64url-encoded JSON');
  return { source, now, ...readParts(header, claims), signature: await checkSignature(token, header, keys) };
}
