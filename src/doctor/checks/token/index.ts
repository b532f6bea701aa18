import type { Check } from '../../check.ts';
import type { Facts } from '../../facts.ts';
import { alreadyValid } from './already-valid.ts';
import { audience } from './audience.ts';
import { bearer } from './bearer.ts';
import { issuer } from './issuer.ts';
import { keyKnown } from './key-known.ts';
import { lifetime } from './lifetime.ts';
import { notExpired } from './not-expired.ts';
import { readable } from './readable.ts';
import { renewable } from './renewable.ts';
import { scopeCase } from './scope-case.ts';
import { scopes } from './scopes.ts';
import { signed } from './signed.ts';
import { subject } from './subject.ts';
import { type } from './type.ts';

/** What a verifier checks, in the order in which it would; each failure alone is a 401. */
const verifierChecks: readonly Check[] = [
  readable,
  type,
  keyKnown,
  signed,
  issuer,
  audience,
  notExpired,
  alreadyValid,
  lifetime,
  subject,
  bearer,
];

export const tokenChecks: readonly Check[] = [...verifierChecks, scopes, scopeCase, renewable];

/**
 * Why a server that follows the rules refuses the token.
 * @returns what is wrong with it, nothing where it is good, or undefined where that could not be found out.
 */
export function refusalsOf(facts: Facts): readonly string[] | undefined {
  const outcomes = verifierChecks.map((check) => check.run(facts));
  const refusals = outcomes.flatMap((outcome) =>
    outcome.state === 'found' ? outcome.findings.map(({ actual = '' }) => actual) : [],
  );
  const isUndecided = refusals.length === 0 && outcomes.some(({ state }) => state === 'skipped');
  return isUndecided ? undefined : refusals;
}
