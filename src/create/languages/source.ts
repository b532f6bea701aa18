import { describeScope, type ReadWritePair, readWritePair } from '../../scalekit/index.ts';

/** Edits of a template's text that are the same in every language: only data changes, never code. */

/** What each scope allows, in plain words, by name. */
export type Descriptions = ReadonlyMap<string, string>;

/** Replaces text that must occur exactly once, so that a changed template fails instead of making a wrong project. */
export function replaceOnce(source: string, pattern: RegExp, replacement: string, what: string): string {
  const found = source.match(new RegExp(pattern.source, `${pattern.flags}g`))?.length ?? 0;
  if (found !== 1) throw new Error(`The template has ${what} ${found} times instead of once`);
  return source.replace(pattern, () => replacement);
}

/**
 * Replaces names as whole tokens, comments included.
 * @param names the names in the template, each with its replacement: letters, digits, `_`, `:` and `-`.
 */
export function renameTokens(source: string, names: ReadonlyMap<string, string>): string {
  if ([...names].every(([name, replacement]) => name === replacement)) return source;
  const token = new RegExp(`(?<![a-zA-Z0-9_:])(?:${[...names.keys()].join('|')})(?![a-zA-Z0-9_:])`, 'g');
  return source.replaceAll(token, (found) => names.get(found) ?? found);
}

/** Replaces the template's read and write scopes by the chosen ones. */
export function renameScopes(source: string, own: ReadWritePair, pair: ReadWritePair): string {
  return renameTokens(
    source,
    new Map([
      [own.read, pair.read],
      [own.write, pair.write],
    ]),
  );
}

/** @returns what a scope allows, in plain words: the template's own description if it has this scope. */
export function describe(scope: string, own: Descriptions): string {
  return own.get(scope) ?? describeScope(scope);
}

/** @returns the pair that guards reading and writing. @throws if there is none, which `conflicts` has refused before. */
export function pairOf(scopes: readonly string[]): ReadWritePair {
  const pair = readWritePair(scopes);
  if (pair === undefined)
    throw new Error(`There is no pair of read and write scopes among ${scopes.join(', ')}`);
  return pair;
}

/** @returns the words of a scope’s name, in lower case, from which an example tool is named. */
export function wordsOf(scope: string): readonly string[] {
  return scope
    .toLowerCase()
    .split(/[:_]+/)
    .filter((word) => word !== '');
}
