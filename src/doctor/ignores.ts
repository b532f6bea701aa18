import type { Ignore } from './facts.ts';
import { ignoreFile } from './gather/project/ignores.ts';
import type { CheckResult, Code } from './model.ts';
import { isSelected, type Selection } from './selection.ts';
import { textOf } from './texts/index.ts';

/** A finding that the project's owner has decided to live with. */
export interface Ignored {
  readonly code: string;
  readonly reason: string;
  readonly title: string;
}

function resultFor(code: Code, ignore: Ignore, expected: string): CheckResult {
  const { step, level, side, title, why, fix } = textOf(code);
  const subject = { file: ignoreFile };
  return {
    ...{ code, step, level, side, title, fix, subject, expected },
    state: 'found',
    detail: why,
    actual: ignore.code,
  };
}

/** Only a check that has run can tell that its code is not found any more. */
function isDecided(code: string, results: readonly CheckResult[]): boolean {
  return results.some((result) => result.code === code && result.state === 'passed');
}

/**
 * Takes out what the project's owner has decided to live with, and says which of these decisions have no reason, or no use
 * any more.
 */
export function applyIgnores(
  results: readonly CheckResult[],
  ignores: readonly Ignore[],
  selection: Selection,
): { readonly results: readonly CheckResult[]; readonly ignored: readonly Ignored[] } {
  const reasons = new Map(
    ignores.filter(({ reason }) => reason !== '').map((each) => [each.code, each.reason]),
  );
  const ignored = results.flatMap(({ code, state, title }): readonly Ignored[] => {
    const reason = state === 'found' ? reasons.get(code) : undefined;
    return reason === undefined ? [] : [{ code, reason, title }];
  });
  const remaining = results.filter(({ code, state }) => state !== 'found' || !reasons.has(code));
  const unused = ignores.filter(({ code }) => isDecided(code, results));
  const about = [
    ...unused.map((each) => resultFor('SKM191', each, 'no entry for a code that is not found')),
    ...ignores
      .filter(({ reason }) => reason === '')
      .map((each) => resultFor('SKM192', each, '{"code": "…", "reason": "why you live with it"}')),
  ];
  return { results: [...remaining, ...about.filter(({ code }) => isSelected(code, selection))], ignored };
}
