/**
 * Breaks a text at spaces, without commander: a bare `--help` of create does not load it.
 * @returns lines of at most so many characters; a longer word has a line of its own.
 */
export function wrap(text: string, columns: number): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join('\n');
}
