import type { Check } from './check.ts';
import { type CheckResult, type Level, stepOf } from './model.ts';

/** Puts findings that follow from another one under their cause: one cause, one finding. */

const ranks: Readonly<Record<Level, number>> = { error: 0, warning: 1, advice: 2 };

function rankOf({ state, level }: CheckResult): number {
  return state === 'found' ? ranks[level ?? 'error'] : ranks.advice + 1;
}

/** @returns whether a finding is shown under its cause: only if it is not worse than the cause itself. */
function follows(from: CheckResult, { explains = [] }: Check, other: CheckResult): boolean {
  if (from.state !== 'found' || other.state !== 'found' || other.code === from.code) return false;
  // Findings about two different settings have different causes.
  const [one, another] = [from.subject?.variable, other.subject?.variable];
  const areSettings = from.step === 'configuration' && other.step === 'configuration';
  if (areSettings && one !== undefined && another !== undefined && one !== another) return false;
  return (
    rankOf(other) >= rankOf(from) && (explains.includes(other.code) || explains.includes(stepOf(other.code)))
  );
}

/**
 * @param results of the checks, in the order of the journey.
 * @returns the findings with the worst first, each with what follows from it, and then everything else.
 */
export function foldConsequences(
  results: readonly CheckResult[],
  checkOf: (code: string) => Check | undefined,
): readonly CheckResult[] {
  const folded = new Map<CheckResult, CheckResult>();
  for (const cause of results) {
    const check = checkOf(cause.code);
    if (check?.explains === undefined || folded.has(cause)) continue;
    for (const other of results)
      if (other !== cause && !folded.has(other) && follows(cause, check, other)) folded.set(other, cause);
  }
  /** A cause that is itself a consequence passes its own consequences on. */
  const rootOf = (result: CheckResult): CheckResult => {
    const cause = folded.get(result);
    return cause === undefined ? result : rootOf(cause);
  };
  const roots = results.filter((result) => !folded.has(result));
  const withConsequences = roots.map((root) => {
    const consequences = results.filter((other) => other !== root && rootOf(other) === root);
    return consequences.length === 0 ? root : { ...root, consequences };
  });
  return [...withConsequences].sort((a, b) => rankOf(a) - rankOf(b));
}
