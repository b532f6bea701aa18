/** How the variable and the file of a tool, a resource or a prompt are named: the same rules for `create` and `add`. */

/** The names of a tool, a resource or a prompt in the source. */
export interface SourceNames {
  /** The variable that holds it, e.g. `notesRead`. */
  readonly identifier: string;
  /** Its module, below `src/tools/` for a tool, without extension, e.g. `notes-read`. */
  readonly file: string;
}

/** Words that cannot be an identifier or a file name (`index`, names reserved on Windows), or that such a file uses itself. */
const taken: ReadonlySet<string> = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum eval export extends false finally for ' +
    'function if implements import in instanceof interface let new null package private protected public return static ' +
    'super switch this throw true try typeof undefined var void while with yield arguments nan infinity ' +
    'index tool tools resource resources prompt prompts z con prn aux nul com1 com2 com3 com4 com5 com6 com7 com8 com9 ' +
    'lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9'
  ).split(' '),
);

/** What the tests of a resource or a prompt, which import it by its name, import besides. */
const takenInTests: ReadonlySet<string> = new Set(
  'after assert before denials describe it scopes server start_server'.split(' '),
);

/**
 * @param kind what is named: its word sets the name apart where it has to be.
 * @returns words that make a valid name: not empty, not starting with a digit, not taken.
 */
export function nameable(words: readonly string[], kind = 'tool'): readonly string[] {
  const joined = words.join('_');
  if (joined === '') return ['example', kind];
  if (taken.has(joined) || (kind !== 'tool' && takenInTests.has(joined))) return [...words, kind];
  return /^\d/.test(joined) ? [kind, ...words] : words;
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
