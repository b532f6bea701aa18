import type { ProjectFacts } from './facts/index.ts';

/** @returns how many letters have to be changed, added, removed or exchanged with their neighbour to make one text the other. */
function distance(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= one.length; i += 1) {
    const [above = [], before = []] = [rows[i - 1], rows[i - 2]];
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const cost = one[i - 1] === other[j - 1] ? 0 : 1;
      const isSwap = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const swapped = isSwap ? (before[j - 2] ?? Number.POSITIVE_INFINITY) + 1 : Number.POSITIVE_INFINITY;
      row[j] = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + cost, swapped);
    }
    rows.push(row);
  }
  return rows[one.length]?.[other.length] ?? 0;
}

/** A line of an env file that sets another name than the program reads. */
export interface MisnamedLine {
  readonly file: string;
  readonly line: number;
  readonly name: string;
}

/** Short names are near to too many others: PORT to HOST. */
const shortest = 10;

/** @returns the line that sets nearly this variable: in other letter case, or misspelt by at most two letters. */
export function misspelt(
  variable: string,
  { envFiles, variableReads }: ProjectFacts,
): MisnamedLine | undefined {
  const isRead = new Set(variableReads.map(({ text }) => text));
  const lines = envFiles.flatMap(({ file, unread, lines: own }) =>
    unread ? [] : own.map(({ name, line }) => ({ name, line, file })),
  );
  const isNear = (name: string) =>
    name.toUpperCase() === variable ||
    (variable.length >= shortest && distance(name.toUpperCase(), variable) <= 2);
  return lines.find(({ name }) => name !== variable && !isRead.has(name) && isNear(name));
}
