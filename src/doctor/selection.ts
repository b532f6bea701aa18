import type { Check } from './check.ts';
import { codes, isCode } from './codes.ts';
import { type Code, type Step, stepOf, steps } from './model.ts';

/** Which checks to run, by the names of codes and steps. */
export interface Selection {
  readonly only: readonly (Code | Step)[];
  readonly skip: readonly (Code | Step)[];
}

export const everything: Selection = { only: [], skip: [] };

/** @returns the words that are neither a code nor a step; empty if the list can be used. */
export function unknownWords(list: readonly string[]): readonly string[] {
  return list.filter((word) => !isSelectable(word));
}

/** @returns whether a word is a code (`SKM108`) or a step (`server`). */
export function isSelectable(word: string): word is Code | Step {
  return isCode(word) || steps.some((step) => step === word);
}

/** @returns what can be selected, for an error message. */
export function selectableWords(): string {
  return `${steps.join(', ')}, or a code from ${codes[0]} to ${codes.at(-1)}`;
}

/** @returns whether a code is selected. */
export function isSelected(code: Code, { only, skip }: Selection): boolean {
  const names: readonly (Code | Step)[] = [code, stepOf(code)];
  if (names.some((name) => skip.includes(name))) return false;
  return only.length === 0 || names.some((name) => only.includes(name));
}

/** @returns the checks whose codes are selected. */
export function select(checks: readonly Check[], selection: Selection): readonly Check[] {
  return checks.filter(({ code }) => isSelected(code, selection));
}
