import { readScopesFile, scopeLine } from '../../../project/scopes-file.ts';
import { quote } from '../../../project/source-text.ts';
import { type Descriptions, describe, replaceOnce } from '../source.ts';

/**
 * How the answers change a template's TypeScript. Templates are real files that type-check; only data changes in them:
 * scope names, the server's name, and a file for each tool.
 */

/** @returns the scopes of a `src/scopes.ts`. */
export function scopesIn(source: string): Descriptions {
  return new Map(readScopesFile(source)?.map(({ name, description }) => [name, description]));
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

/** Writes the scopes into `src/scopes.ts`, each on a line of its own. */
export function listScopes(source: string, scopes: readonly string[]): string {
  const own = scopesIn(source);
  const entries = scopes.map((scope) => `  ${scopeLine(scope, describe(scope, own))}`);
  const table = `defineScopes({\n${entries.join('\n')}\n})`;
  return replaceOnce(source, /defineScopes\(\{[^}]*\}\)/, table, 'the table of scopes');
}
