import type { Ignore } from './facts/index.ts';
import type { CheckResult } from './model.ts';

/** A finding that the project's owner has decided to live with. */
export interface Ignored {
  readonly code: string;
  readonly reason: string;
  readonly title: string;
}

/** Removes the findings that the owner has decided to live with, if `scalekit-doctor.json` says why. */
export function applyIgnores(
  results: readonly CheckResult[],
  ignores: readonly Ignore[],
): { readonly results: readonly CheckResult[]; readonly ignored: readonly Ignored[] } {
  const reasons = new Map(
    ignores.filter(({ reason }) => reason !== '').map((each) => [each.code, each.reason]),
  );
  const ignored = results.flatMap(({ code, state, title }): readonly Ignored[] => {
    const reason = state === 'found' ? reasons.get(code) : undefined;
    return reason === undefined ? [] : [{ code, reason, title }];
  });
  return { results: results.filter(({ code, state }) => state !== 'found' || !reasons.has(code)), ignored };
}
