/** @returns how many letters have to be changed, added, left out or swapped with their neighbour (Damerau, Levenshtein). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (isSame ? 0 : 1));
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = isSwapped ? Math.min(best, at(i - 2, j - 2) + 1) : best;
    }
  }
  return at(a.length, b.length);
}

/** @returns the word that was most likely meant, or undefined if none is near: a third of the letters may be wrong. */
export function closest(typed: string, known: readonly string[]): string | undefined {
  const plain = (word: string) => word.toLowerCase().replaceAll(/[-_\s]/g, '');
  // A longer text is not a misspelling, and comparing it would take long.
  if (typed.length > 64) return undefined;
  const [best] = known
    .map((word) => ({ word, letters: distance(plain(typed), plain(word)) }))
    .filter(({ word, letters }) => letters <= Math.max(1, Math.floor(plain(word).length / 3)))
    .sort((a, b) => a.letters - b.letters);
  return best?.word;
}

/** @returns the end of an error's sentence about a misspelt word: which one was meant, or which ones exist. */
export function didYouMean(typed: string, known: readonly string[]): string {
  const guess = closest(typed, known);
  const expected = `expected ${known.join(', ') || 'none'}`;
  return guess === undefined ? expected : `did you mean ${guess}? ${expected}`;
}
