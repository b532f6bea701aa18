import { pythonScopeLine, readScopesFile } from '../../../project/scopes-file.ts';
import { pythonText } from '../../../project/source-text.ts';
import { type Descriptions, describe, replaceOnce } from '../source.ts';

/** How the answers change a template's Python. Only data changes in it, never code. */

/** @returns the scopes of a `scopes.py`. */
export function scopesIn(source: string): Descriptions {
  return new Map(readScopesFile(source)?.map(({ name, description }) => [name, description]));
}

/** Puts the server's name into `server.py`. */
export function renameServer(source: string, name: string): string {
  return replaceOnce(source, /(?<=FastMCP\(\n {4})"[^"\n]*"/, pythonText(name), 'a name of the server');
}

/** Writes the scopes into `scopes.py`, each on a line of its own. */
export function listScopes(source: string, scopes: readonly string[]): string {
  const own = scopesIn(source);
  const entries = scopes.map((scope) => `    ${pythonScopeLine(scope, describe(scope, own))}\n`).join('');
  return replaceOnce(source, /SCOPES = \{[^}]*\}/, `SCOPES = {\n${entries}}`, 'the table of scopes');
}
