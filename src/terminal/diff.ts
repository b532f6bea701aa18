/** What an edit changes, for a person to read. */
export interface Difference {
  /** The first line of the old text that is not the same, from 1. */
  readonly line: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Unchanged lines right before and after. */
  readonly above: readonly string[];
  readonly below: readonly string[];
}

/**
 * Compares two texts that differ in one place.
 * @param context how many unchanged lines to name around it.
 * @returns undefined if they are the same.
 */
export function differenceOf(before: string, after: string, context = 2): Difference | undefined {
  if (before === after) return undefined;
  const lines = (text: string) => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/));
  const [old, now] = [lines(before), lines(after)];
  const shorter = Math.min(old.length, now.length);
  let head = 0;
  while (head < shorter && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const end = old.length - tail;
  return {
    line: head + 1,
    before: old.slice(head, end),
    after: now.slice(head, now.length - tail),
    above: old.slice(Math.max(0, head - context), head),
    below: old.slice(end, end + context),
  };
}
