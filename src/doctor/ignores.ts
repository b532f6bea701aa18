import type { Ignore, ProjectFacts } from './facts.ts';
import { ignoreFile } from './gather/project/ignores.ts';
import type { CheckResult } from './model.ts';
import { isSelected, type Selection } from './selection.ts';
import { isCode, textOf } from './texts/index.ts';

/** What `scalekit-doctor.json` says. */
type Ignores = Pick<ProjectFacts, 'ignores' | 'ignoresProblem'>;

/** A finding that the project's owner has decided to live with. */
export interface Ignored {
  readonly code: string;
  readonly reason: string;
  readonly title: string;
}

function resultFor(code: 'SKM191' | 'SKM192', words: Partial<CheckResult>): CheckResult {
  const { step, level, side, title, why, fix } = textOf(code);
  const subject = { file: ignoreFile };
  return { ...{ code, step, level, side, title, fix, subject, detail: why, state: 'found' }, ...words };
}

/** A check that has run can tell that its code is not found any more, and a code that does not exist never is. */
function isUnused({ code }: Ignore, results: readonly CheckResult[]): boolean {
  return !isCode(code) || results.some((result) => result.code === code && result.state === 'passed');
}

const form = '{"code": "…", "reason": "why you live with it"}';

function describeUnused({ code }: Ignore): CheckResult {
  const words = isCode(code) ? {} : { title: 'A code is ignored that does not exist' };
  return resultFor('SKM191', { ...words, actual: code, expected: 'no entry for a code that is not found' });
}

function describeProblem(problem: string): CheckResult {
  return resultFor('SKM192', {
    title: 'The list of ignored codes cannot be used',
    detail: 'What cannot be read does not count, so findings are shown that somebody wanted to ignore.',
    fix: `Correct ${ignoreFile}.`,
    actual: problem,
    expected: `{"ignore": [${form}]}`,
  });
}

/** What is wrong with the list itself. */
function aboutTheList(
  { ignores, ignoresProblem }: Ignores,
  results: readonly CheckResult[],
): readonly CheckResult[] {
  const unused = ignores.filter((each) => isUnused(each, results));
  const unreasoned = ignores.filter((each) => each.reason === '' && !unused.includes(each));
  return [
    ...unused.map(describeUnused),
    ...unreasoned.map(({ code }) => resultFor('SKM192', { actual: code, expected: form })),
    ...(ignoresProblem === undefined ? [] : [describeProblem(ignoresProblem)]),
  ];
}

/**
 * Takes out what the project's owner has decided to live with, and says which of these decisions have no reason, or no use
 * any more.
 */
export function applyIgnores(
  results: readonly CheckResult[],
  list: Ignores,
  selection: Selection,
): { readonly results: readonly CheckResult[]; readonly ignored: readonly Ignored[] } {
  const reasons = new Map(
    list.ignores.filter(({ reason }) => reason !== '').map((each) => [each.code, each.reason]),
  );
  const ignored = results.flatMap(({ code, state, title }): readonly Ignored[] => {
    const reason = state === 'found' ? reasons.get(code) : undefined;
    return reason === undefined ? [] : [{ code, reason, title }];
  });
  const remaining = results.filter(({ code, state }) => state !== 'found' || !reasons.has(code));
  const about = aboutTheList(list, results).filter(({ code }) => isSelected(code, selection));
  return { results: [...remaining, ...about], ignored };
}
