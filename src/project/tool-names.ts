/** How a tool's variable and its file are named: the same rules for `create` and `add`. */

/** A tool's names in the source. */
export interface SourceNames {
  /** The variable that holds it, e.g. `notesRead`. */
  readonly identifier: string;
  /** Its module below `src/tools/`, without extension, e.g. `notes-read`. */
  readonly file: string;
}

/** Words that cannot be an identifier or a file name (`index`, names reserved on Windows), or that a tool's file uses itself. */
const taken: ReadonlySet<string> = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum eval export extends false finally for ' +
    'function if implements import in instanceof interface let new null package private protected public return static ' +
    'super switch this throw true try typeof undefined var void while with yield arguments nan infinity ' +
    'index tool tools z con prn aux nul com1 com2 com3 com4 com5 com6 com7 com8 com9 ' +
    'lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9'
  ).split(' '),
);

/** @returns words that make a valid name: not empty, not starting with a digit, not taken. */
export function nameable(words: readonly string[]): readonly string[] {
  const joined = words.join('_');
  if (joined === '') return ['example', 'tool'];
  if (taken.has(joined)) return [...words, 'tool'];
  return /^\d/.test(joined) ? ['tool', ...words] : words;
}

/** @param words in lower case, valid as a name (`nameable`). */
export function sourceNames(words: readonly string[]): SourceNames {
  return {
    identifier: words
      .map((word, index) => (index === 0 ? word : `${word.charAt(0).toUpperCase()}${word.slice(1)}`))
      .join(''),
    file: words.join('-'),
  };
}

/** Python's own words in small letters, and what a tool's module imports. */
const takenInPython: ReadonlySet<string> = new Set(
  (
    'and as assert async def del elif except from global in is lambda match none nonlocal not or pass raise type ' +
    'annotated answer field requires current_user'
  ).split(' '),
);

/** @returns the name of a tool's function and module in Python. */
export function pythonName(words: readonly string[]): string {
  const name = nameable(words).join('_');
  return takenInPython.has(name) ? `${name}_tool` : name;
}
