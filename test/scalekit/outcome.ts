import type { Checked } from '../../src/scalekit/index.ts';

/** A check's outcome as one text, so that tests read as tables: the value, or `✗ code`. */
export function outcome<T>(checked: Checked<T>): T | `✗ ${string}` {
  return checked.ok ? checked.value : `✗ ${checked.problem.code}`;
}

/** The notes of an accepted value; a refusal has none. */
export function notesOf(checked: Checked<unknown>): readonly string[] {
  return checked.ok ? checked.notes : [];
}
