import { renameTokens } from './source.ts';

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

/** Words that cannot be an identifier, a file (`index`, names that Windows reserves), or that the pattern uses itself. */
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

/** @returns the first match of a template. @throws Error where it has lost what is looked for. */
function find(source: string, pattern: RegExp, what: string): string {
  const found = pattern.exec(source)?.[1];
  if (found === undefined) throw new Error(`The example tool of the blank template has lost ${what}`);
  return found;
}

/**
 * Reads the pattern's own names from the template, which is a real file that type-checks where it stands.
 * @param path `src/tools/….ts`.
 */
export function patternOf(path: string, source: string): ExampleTool {
  return {
    scope: find(source, /scopes: \['([\w:]+)'\]/, 'its scope'),
    tool: find(source, /\bname: '(\w+)'/, 'its name'),
    identifier: find(source, /export const (\w+) =/, 'its variable'),
    file: find(path, /([^/]+)\.ts$/, 'its file'),
  };
}

/** Replaces the pattern's names, as whole tokens, by an example's. */
export function fromPattern(source: string, pattern: ExampleTool, example: ExampleTool): string {
  const keys = ['scope', 'tool', 'identifier', 'file'] as const;
  return renameTokens(source, new Map(keys.map((key) => [pattern[key], example[key]])));
}

/** Puts the examples in the place of the pattern in `src/tools/index.ts`. */
export function listExamples(index: string, pattern: ExampleTool, examples: readonly ExampleTool[]): string {
  const importOf = (each: ExampleTool) => `import { ${each.identifier} } from './${each.file}.ts';`;
  const entry = `  ${pattern.identifier},\n`;
  if (!index.includes(importOf(pattern)) || !index.includes(entry))
    throw new Error('The blank template has lost its example tool in src/tools/index.ts');
  const list = examples.map((each) => `  ${each.identifier},\n`).join('');
  return index.replace(importOf(pattern), () => examples.map(importOf).join('\n')).replace(entry, () => list);
}
