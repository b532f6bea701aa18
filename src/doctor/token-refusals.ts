import type { Mention, ProjectFacts } from './facts/index.ts';
import type { ProbeResult } from './probe.ts';
import { challengeOf, reasonOf } from './reading.ts';

/** Why a server refuses a good token: by its own words, and by what its source says about the token check. */

/** A part of the token check that can be wrong. */
export type Part = NonNullable<ProjectFacts['tokenCheck']>[number]['part'];

/** What a server's words are about, the most telling first: a message about the audience may well name the issuer, too. */
const byWords: ReadonlyArray<readonly [words: RegExp, part: Part | 'expiration' | 'clock' | 'setup']> = [
  [
    /insufficient[_ ]scope|(?:missing|required?|lacks?)\b.{0,20}\bscopes?\b|scopes?\b.{0,30}\b(?:required|missing)/i,
    'scope',
  ],
  [
    /(?:no|missing|without|lacks?)\b.{0,20}\b(?:expir\w*|expiresAt|"?exp"? claim)|expir\w*\b.{0,20}\bmissing/i,
    'expiration',
  ],
  [/\baud\b|audience|IDX10214|IDX10206/i, 'audience'],
  [/\biss\b|issuer|IDX10205/i, 'issuer'],
  [/\balg(?:orithm)?\b/i, 'algorithm'],
  [
    /jwks?\b|key ?set|signing key|\bkid\b|(?:matching|applicable|public|find).{0,20}\bkeys?\b|signature|IDX1050\d/i,
    'keys',
  ],
  [/not yet valid|\bnbf\b|\biat\b|immature|in the future|not active|\bexpired\b|\bexp\b/i, 'clock'],
  [/unavailable|not (?:available|configured|initiali[sz]ed|set up)/i, 'setup'],
];

/** "invalid, expired or revoked" says nothing about the token at hand. */
const listsPossibilities =
  /\b(?:invalid|expired|malformed|revoked|missing)\b,? (?:or |and )?(?:\w+ )?(?:invalid|expired|malformed|revoked|unknown)\b/i;

const advice: Readonly<
  Record<ReturnType<typeof partOf> & string, { readonly why: string; readonly fix: string }>
> = {
  scope: {
    why: 'It asks for a scope that it does not find in the token. People’s tokens have their scopes in the string "scope", machines’ also in the list "scopes".',
    fix: 'Ask for a scope that your server has in Scalekit’s dashboard, spelt exactly so, and read "scope" (split at spaces) as well as "scopes".',
  },
  expiration: {
    why: 'Its token check does not say when the token expires, and the SDK takes that for a fault of the token.',
    fix: 'Hand on the claim exp: in the TypeScript SDK expiresAt: payload.exp, in Go’s Expiration: time.Unix(exp, 0), in Python’s expires_at=claims["exp"].',
  },
  clock: {
    why: 'The clock of the server’s machine and Scalekit’s are apart, or times are compared without any tolerance.',
    fix: 'Set the clock of the server’s machine by NTP, and allow some seconds: clockTolerance (jose), leeway (PyJWT, golang-jwt), ClockSkew (.NET).',
  },
  audience: {
    why: 'It compares the audience with something that the token does not contain: every token of Scalekit’s names the resource id in "aud", and the Server URL exactly as it is registered.',
    fix: 'Look for the resource id (SCALEKIT_RESOURCE_ID, res_…) in "aud", not for a URL.',
  },
  issuer: {
    why: 'It knows one issuer. Scalekit issues tokens under two: the environment’s URL, and the same with /resources/res_… behind it.',
    fix: 'Accept both issuers: SCALEKIT_ENVIRONMENT_URL, and SCALEKIT_ENVIRONMENT_URL + "/resources/" + SCALEKIT_RESOURCE_ID.',
  },
  algorithm: {
    why: 'It allows other signatures than Scalekit’s, which are RS256.',
    fix: 'Allow RS256 in the token check.',
  },
  keys: {
    why: 'It has not the key that the token is signed with: it asks for keys at the wrong address, or has kept old ones.',
    fix: 'Fetch the keys from SCALEKIT_ENVIRONMENT_URL + "/keys", and again when a key is unknown: createRemoteJWKSet (jose) and PyJWKClient do so. If keys are kept from the start, start the server again.',
  },
  setup: {
    why: 'Its token check could not be set up when the server started, so it refuses everybody.',
    fix: 'See the first lines of the server’s log: a variable that is missing or wrong, an SDK that does not reach Scalekit.',
  },
};

/** @returns what the server's refusal is about; undefined if it does not say, or says too much. */
export function partOf(answer: ProbeResult) {
  const reason = reasonOf(answer);
  if (listsPossibilities.test(reason)) return undefined;
  return byWords.find(([words]) => words.test(reason))?.[1];
}

/** @returns the scopes that the server asks for, if its refusal names them. */
export function scopesAsked(answer: ProbeResult): readonly string[] {
  return (
    challengeOf(answer)
      ?.scope?.split(/\s+/)
      .filter((scope) => scope !== '') ?? []
  );
}

function placeIn({ file, line, text }: Mention): string {
  return `${file}:${line} has ${text}`;
}

/**
 * @param answer to a good token.
 * @returns the cause and the line to write, as far as the server's words or its source tell; undefined if neither does.
 */
export function explainRefusal(
  answer: ProbeResult,
  project: ProjectFacts | undefined,
): { readonly why: string; readonly fix: string } | undefined {
  const suspects = project?.tokenCheck ?? [];
  const part = partOf(answer) ?? suspects[0]?.part;
  if (part === undefined) return undefined;
  const places = suspects.filter((suspect) => suspect.part === part).map(placeIn);
  const { why, fix } = advice[part];
  return { why, fix: places.length === 0 ? fix : `${fix} ${places.join('; ')}.` };
}
