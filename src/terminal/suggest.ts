/** How many letters have to be changed, added, dropped or swapped to make one word of another. */
function distance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const same = from[i - 1] === to[j - 1];
      const steps = [
        (rows[i - 1]?.[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (rows[i - 1]?.[j - 1] ?? 0) + (same ? 0 : 1),
      ];
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        steps.push((rows[i - 2]?.[j - 2] ?? 0) + 1);
      row.push(Math.min(...steps));
    }
    rows.push(row);
  }
  return rows.at(-1)?.at(-1) ?? 0;
}

/** @returns the words that somebody may have meant: those that begin or end with what was typed, else the nearest. */
export function meant(typed: string, words: readonly string[]): readonly string[] {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const word = plain(typed);
  if (word === '') return [];
  const parts = words.filter((each) => plain(each).startsWith(word) || plain(each).endsWith(word));
  if (parts.length > 0) return parts;
  // Of a longer word the beginning counts: `clade` is near `claude-code`.
  const beginnings = (each: string) => [each, each.slice(0, word.length), each.slice(0, word.length + 1)];
  const far = words.map(
    (each) => [each, Math.min(...beginnings(plain(each)).map((part) => distance(word, part)))] as const,
  );
  const nearest = Math.min(...far.map(([, steps]) => steps));
  return nearest > Math.max(1, Math.floor(word.length / 3))
    ? []
    : far.filter(([, steps]) => steps === nearest).map(([each]) => each);
}
