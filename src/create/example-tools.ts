/** The blank server's example tools: one for each scope, each made from the same file of the template. */

/** The names that one scope's example goes by. */
export interface ExampleTool {
  readonly scope: string;
  /** The tool's name, e.g. `notes_read`. */
  readonly tool: string;
  /** The variable that holds it, e.g. `notesRead`. */
  readonly identifier: string;
  /** Its module below `src/tools/`, without extension, e.g. `notes-read`. */
  readonly file: string;
}

/** Words that can not be an identifier, a file (`index`, names that Windows reserves), or that the pattern uses itself. */
const taken: ReadonlySet<string> = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum eval export extends false finally for ' +
    'function if implements import in instanceof interface let new null package private protected public return static ' +
    'super switch this throw true try typeof undefined var void while with yield arguments nan infinity ' +
    'index tool tools z con prn aux nul com1 com2 com3 com4 lpt1 lpt2 lpt3'
  ).split(' '),
);

function wordsOf(scope: string): readonly string[] {
  return scope
    .toLowerCase()
    .split(/[:_]+/)
    .filter((word) => word !== '');
}

/** @returns words that make a valid name: not empty, not beginning with a digit, not taken. */
function nameable(words: readonly string[]): readonly string[] {
  const joined = words.join('_');
  if (joined === '') return ['example', 'tool'];
  if (taken.has(joined)) return [...words, 'tool'];
  return /^\d/.test(joined) ? ['tool', ...words] : words;
}

function named(scope: string, words: readonly string[]): ExampleTool {
  return {
    scope,
    tool: words.join('_'),
    identifier: words
      .map((word, index) => (index === 0 ? word : `${word.charAt(0).toUpperCase()}${word.slice(1)}`))
      .join(''),
    file: words.join('-'),
  };
}

/**
 * Names an example tool for each scope. Scopes that differ only in case or in their separators would collapse to one
 * name: the later ones are numbered.
 */
export function exampleTools(scopes: readonly string[]): readonly ExampleTool[] {
  const identifiers = new Set<string>();
  return scopes.map((scope) => {
    const words = nameable(wordsOf(scope));
    let example = named(scope, words);
    for (let number = 2; identifiers.has(example.identifier.toLowerCase()); number += 1)
      example = named(scope, [...words, String(number)]);
    identifiers.add(example.identifier.toLowerCase());
    return example;
  });
}

/** The pattern's own names, in the file that the blank template type-checks with. */
export const patternTool: ExampleTool = {
  scope: 'todo:read',
  tool: 'todo_read',
  identifier: 'todoRead',
  file: 'todo-read',
};

/** Replaces the pattern's names, as whole tokens, by an example's. */
export function fromPattern(source: string, example: ExampleTool): string {
  const names = new Map<string, string>([
    [patternTool.scope, example.scope],
    [patternTool.tool, example.tool],
    [patternTool.identifier, example.identifier],
    [patternTool.file, example.file],
  ]);
  return source.replaceAll(
    /(?<![a-zA-Z0-9_:])(?:todo:read|todo_read|todoRead|todo-read)(?![a-zA-Z0-9_:])/g,
    (found) => names.get(found) ?? found,
  );
}
