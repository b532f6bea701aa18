import { nameable, type SourceNames, sourceNames } from '../../../project/tool-names.ts';
import { renameTokens, wordsOf } from '../source.ts';

/** The blank server's example tools: one for each scope, made from one file of the template. */

/** The names of one scope's example. */
export interface ExampleTool extends SourceNames {
  readonly scope: string;
  /** The tool's name, e.g. `notes_read`. */
  readonly tool: string;
}

function named(scope: string, words: readonly string[]): ExampleTool {
  return { scope, tool: words.join('_'), ...sourceNames(words) };
}

/**
 * Names an example tool for each scope. Scopes that differ only in case or separators would get the same name, so the later
 * ones are numbered.
 * @param others tools that the project has besides.
 */
export function exampleTools(
  scopes: readonly string[],
  others: readonly ExampleTool[] = [],
): readonly ExampleTool[] {
  const identifiers = new Set(others.map(({ identifier }) => identifier.toLowerCase()));
  return scopes.map((scope) => {
    const words = nameable(wordsOf(scope));
    let example = named(scope, words);
    for (let number = 2; identifiers.has(example.identifier.toLowerCase()); number += 1)
      example = named(scope, [...words, String(number)]);
    identifiers.add(example.identifier.toLowerCase());
    return example;
  });
}

/** @returns the first match in a template. @throws Error if there is none. */
function find(source: string, pattern: RegExp, what: string): string {
  const found = pattern.exec(source)?.[1];
  if (found === undefined) throw new Error(`The example tool of the blank template has lost ${what}`);
  return found;
}

/**
 * Reads the pattern's own names from the template, which is a real file that type-checks.
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

/** Replaces the pattern by the examples in `src/tools/index.ts`. */
export function listExamples(index: string, pattern: ExampleTool, examples: readonly ExampleTool[]): string {
  const importOf = (each: ExampleTool) => `import { ${each.identifier} } from './${each.file}.ts';`;
  const entry = `  ${pattern.identifier},\n`;
  if (!index.includes(importOf(pattern)) || !index.includes(entry))
    throw new Error('The blank template has lost its example tool in src/tools/index.ts');
  const list = examples.map((each) => `  ${each.identifier},\n`).join('');
  return index.replace(importOf(pattern), () => examples.map(importOf).join('\n')).replace(entry, () => list);
}
