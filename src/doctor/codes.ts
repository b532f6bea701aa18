import type { Check } from './check.ts';
import { allChecks } from './checks/list.ts';
import { type Code, type Step, stepOf } from './model.ts';

const byCode: ReadonlyMap<string, Check> = new Map(allChecks.map((check) => [check.code, check]));

/** All codes, in order. */
export const codes: readonly Code[] = allChecks.map(({ code }) => code).sort();

/** @returns whether a text is one of the doctor's codes. */
export function isCode(text: string): text is Code {
  return byCode.has(text);
}

/** The words of one code together with the step that its first digit means. */
export type Words = Omit<Check, 'run'> & { readonly step: Step };

/** @throws Error for a code that there is not. */
export function wordsOf(code: Code): Words {
  const check = byCode.get(code);
  if (check === undefined) throw new Error(`There is no check ${code}`);
  return { ...check, step: stepOf(code) };
}

/** Where a code is explained at length, relative to this package. */
export function pageOf(code: Code): string {
  return `docs/doctor/${code}.md`;
}
