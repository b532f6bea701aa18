import { readScopesFile, scopeLine } from '../../../project/scopes-file.ts';
import { quote } from '../../../project/source-text.ts';
import { describeScope, type ReadWritePair, readWritePair } from '../../../scalekit/index.ts';

/**
 * How the answers change a template's TypeScript. Templates are real files that type-check; only data changes in them:
 * scope names, the server's name, and a file for each tool.
 */

/** What each scope allows, in plain words, by name. */
export type Descriptions = ReadonlyMap<string, string>;

/** @returns the scopes of a `src/scopes.ts`. */
export function scopesIn(source: string): Descriptions {
  return new Map(readScopesFile(source)?.map(({ name, description }) => [name, description]));
}

/** Replaces text that must occur exactly once, so that a changed template fails instead of making a wrong project. */
function replaceOnce(source: string, pattern: RegExp, replacement: string, what: string): string {
  const found = source.match(new RegExp(pattern.source, `${pattern.flags}g`))?.length ?? 0;
  if (found !== 1) throw new Error(`The template has ${what} ${found} times instead of once`);
  return source.replace(pattern, () => replacement);
}

/**
 * Replaces names as whole tokens, comments included.
 * @param names the names in the template, each with its replacement: letters, digits, `_`, `:` and `-`.
 */
export function renameTokens(source: string, names: ReadonlyMap<string, string>): string {
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

/** Puts the server's name into `src/main.ts`. */
export function renameServer(source: string, name: string): string {
  return replaceOnce(source, /\bname: '[^'\n]*'/, `name: ${quote(name)}`, 'a name of the server');
}

/** Lists in `rolldown.config.ts` what is built: `src/<name>.ts` each. */
export function listPrograms(source: string, names: readonly string[]): string {
  const list = names.map((name) => `bundle(${quote(name)})`).join(', ');
  return replaceOnce(
    source,
    /export default \[bundle\('main'\)\];/,
    `export default [${list}];`,
    'a list of bundles',
  );
}

/** @returns what a scope allows, in plain words: the template's own description if it has this scope. */
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

/** @returns the pair that guards reading and writing. @throws if there is none, which `conflicts` has refused before. */
export function pairOf(scopes: readonly string[]): ReadWritePair {
  const pair = readWritePair(scopes);
  if (pair === undefined)
    throw new Error(`There is no pair of read and write scopes among ${scopes.join(', ')}`);
  return pair;
}
