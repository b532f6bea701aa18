import { readScopesFile, scopeLine } from '../../../project/scopes-file.ts';
import { quote } from '../../../project/source-text.ts';
import { describeScope, type ReadWritePair, readWritePair } from '../../../scalekit/index.ts';

/**
 * The edits that answers make in the TypeScript of a template. Templates are real files that type-check where they stand;
 * what changes in them is data: names of scopes, the server's name, one file a tool.
 */

/** What scopes allow, in a person's words, by their names. */
export type Descriptions = ReadonlyMap<string, string>;

/** @returns the scopes of a `src/scopes.ts`. */
export function scopesIn(source: string): Descriptions {
  return new Map(readScopesFile(source)?.map(({ name, description }) => [name, description]));
}

/** Replaces what must be there exactly once: a template that has lost it would silently make a wrong project. */
function replaceOnce(source: string, pattern: RegExp, replacement: string, what: string): string {
  const found = source.match(new RegExp(pattern.source, `${pattern.flags}g`))?.length ?? 0;
  if (found !== 1) throw new Error(`The template has ${what} ${found} times instead of once`);
  return source.replace(pattern, () => replacement);
}

/**
 * Replaces names as whole tokens, comments included.
 * @param names what stands in the template, each with what comes in its place: letters, digits, `_`, `:` and `-`.
 */
export function renameTokens(source: string, names: ReadonlyMap<string, string>): string {
  const token = new RegExp(`(?<![a-zA-Z0-9_:])(?:${[...names.keys()].join('|')})(?![a-zA-Z0-9_:])`, 'g');
  return source.replaceAll(token, (found) => names.get(found) ?? found);
}

/** Puts the chosen read and write scopes in the place of the template's own. */
export function renameScopes(source: string, own: ReadWritePair, pair: ReadWritePair): string {
  return renameTokens(
    source,
    new Map([
      [own.read, pair.read],
      [own.write, pair.write],
    ]),
  );
}

/** Puts the server's name into `src/main.ts`. */
export function renameServer(source: string, name: string): string {
  return replaceOnce(source, /\bname: '[^'\n]*'/, `name: ${quote(name)}`, 'a name of the server');
}

/** @returns what a scope allows in a person's words: the template's own, where it has this scope. */
export function describe(scope: string, own: Descriptions): string {
  return own.get(scope) ?? describeScope(scope);
}

/** Writes the scopes into `src/scopes.ts`, each on a line of its own. */
export function listScopes(source: string, scopes: readonly string[]): string {
  const own = scopesIn(source);
  const entries = scopes.map((scope) => `  ${scopeLine(scope, describe(scope, own))}`);
  const table = `defineScopes({\n${entries.join('\n')}\n})`;
  return replaceOnce(source, /defineScopes\(\{[^}]*\}\)/, table, 'the table of scopes');
}

/** @returns the pair that guards reading and writing. @throws where a list has none; `conflicts` has refused it before. */
export function pairOf(scopes: readonly string[]): ReadWritePair {
  const pair = readWritePair(scopes);
  if (pair === undefined)
    throw new Error(`There is no scope to read and one to write among ${scopes.join(', ')}`);
  return pair;
}
