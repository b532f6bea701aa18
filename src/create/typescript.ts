import { describeScope, readWritePair } from '../scalekit/index.ts';

/**
 * The edits that answers make in the TypeScript of a template. Templates are real files that type-check where they stand;
 * what changes in them is data: names of scopes, the server's name, one file a tool.
 */

/** The scopes that the templates are written with. */
const templatePair = { read: 'todo:read', write: 'todo:write' } as const;

/** What the todo server's own scopes allow, in a person's words. */
const todoDescriptions: ReadonlyMap<string, string> = new Map([
  [templatePair.read, 'Read your todos'],
  [templatePair.write, 'Create, change and delete your todos'],
]);

/** @returns a string literal that means exactly this text, whatever is in it. */
export function quote(text: string): string {
  const quoted = JSON.stringify(text);
  // JSON's double quotes are TypeScript too; single ones where they need no escape, since the templates have them.
  return /['"\\]/.test(quoted.slice(1, -1)) ? quoted : `'${quoted.slice(1, -1)}'`;
}

/** Replaces what must be there exactly once: a template that has lost it would silently make a wrong project. */
function replaceOnce(source: string, pattern: RegExp, replacement: string, what: string): string {
  const found = source.match(new RegExp(pattern.source, `${pattern.flags}g`))?.length ?? 0;
  if (found !== 1) throw new Error(`The template has ${what} ${found} times instead of once`);
  return source.replace(pattern, () => replacement);
}

/** Puts the chosen read and write scopes in the place of the template's, as whole tokens, comments included. */
export function renameScopes(source: string, pair: { read: string; write: string }): string {
  return source.replaceAll(/(?<![a-zA-Z0-9_:])todo:(read|write)(?![a-zA-Z0-9_:])/g, (_, verb) =>
    verb === 'read' ? pair.read : pair.write,
  );
}

/** Puts the server's name into `src/main.ts`. */
export function renameServer(source: string, name: string): string {
  return replaceOnce(source, /name: 'Todo MCP'/, `name: ${quote(name)}`, "name: 'Todo MCP'");
}

/** @returns what a scope allows in a person's words. */
export function describe(scope: string): string {
  return todoDescriptions.get(scope) ?? describeScope(scope);
}

/** Writes the scopes into `src/scopes.ts`, each on a line of its own. */
export function listScopes(source: string, scopes: readonly string[]): string {
  // Written plainly, the key `__proto__` would set the object's prototype.
  const key = (scope: string) => (scope === '__proto__' ? `[${quote(scope)}]` : quote(scope));
  const entries = scopes.map((scope) => `  ${key(scope)}: ${quote(describe(scope))},`);
  const table = `defineScopes({\n${entries.join('\n')}\n})`;
  return replaceOnce(source, /defineScopes\(\{[^}]*\}\)/, table, 'the table of scopes');
}

/** @returns the pair that guards the todo tools. @throws where a list has none; `conflicts` has refused it before. */
export function todoPair(scopes: readonly string[]): { read: string; write: string } {
  const pair = readWritePair(scopes);
  if (pair === undefined) throw new Error('The todo server needs a scope to read and one to write');
  return pair;
}
