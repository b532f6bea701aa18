import { accept, type Checked, printable, refuse } from './checked.ts';

/** The scopes of the todo server, as in Scalekit's guides. */
export const defaultScopes: readonly string[] = ['todo:read', 'todo:write'];

/** The rule for a scope name in words (docs/scalekit.md#identifiers-and-hosts). */
const scopeRule = 'letters, digits, _ and : (no hyphen, no dot), 64 characters at most, such as todo:read';

const scopeName = /^[a-zA-Z0-9_:]{1,64}$/;

/** OpenID Connect's identity scopes (docs/scalekit.md#scopes-and-refresh-tokens). */
export const identityScopes: readonly string[] = ['openid', 'profile', 'email'];

/** What a scope may consist of anywhere (RFC 6749, section 3.3). */
const scopeToken = /^[!#-[\]-~]+$/;

/**
 * @param text the `scope` of a challenge or of a token response, which another program has written.
 * @returns the scopes in it; anything that is not a scope is left out.
 */
export function scopesIn(text: string | undefined): readonly string[] {
  return (text ?? '').split(' ').filter(isScope);
}

/** @returns whether a text can be a scope, of any server. */
export function isScope(text: string): boolean {
  return scopeToken.test(text);
}

/** The scope that brings a refresh token (OpenID Connect Core §11; docs/scalekit.md#scopes-and-refresh-tokens). */
const offlineAccess = 'offline_access';

/**
 * OpenID's scopes. Scalekit grants them to every client that asks, though no metadata lists them, and a server's own metadata and
 * challenges must not (docs/scalekit.md#scopes-and-refresh-tokens, docs/mcp.md#what-a-resource-server-must-do).
 */
export const openIdScopes: ReadonlySet<string> = new Set([...identityScopes, offlineAccess]);

/** @returns what a client asks for to stay signed in: these scopes, and `offline_access`. */
export function withOfflineAccess(scopes: readonly string[]): readonly string[] {
  return [...withoutOfflineAccess(scopes), offlineAccess];
}

/** @returns the scopes that are for the server. */
export function withoutOfflineAccess(scopes: readonly string[]): readonly string[] {
  return scopes.filter((scope) => scope !== offlineAccess);
}

/** Checks one scope name. */
export function checkScope(name: string): Checked<string> {
  if (name === '') return refuse('scope/empty', 'A scope is empty', name, scopeRule);
  if (name.length > 64)
    return refuse('scope/length', `A scope has ${name.length} characters`, name, scopeRule);
  if (!scopeName.test(name)) {
    const wrong = [...new Set(name.replaceAll(/[a-zA-Z0-9_:]/g, ''))].map((c) =>
      c === ' ' ? 'a space' : `"${printable(c)}"`,
    );
    return refuse('scope/characters', `A scope contains ${wrong.join(' and ')}`, name, scopeRule);
  }
  if (openIdScopes.has(name)) {
    return refuse(
      'scope/reserved',
      `${name} belongs to the authorization server`,
      name,
      "a scope of your server's own",
    );
  }
  return accept(name);
}

/**
 * Checks a list of scopes.
 * @param list text separated by commas or white space, or the names themselves.
 * @returns the names in their order, each once; a note names the duplicates that were removed.
 */
export function checkScopes(list: string | readonly string[]): Checked<readonly string[]> {
  const names = typeof list === 'string' ? list.split(/[\s,]+/).filter((name) => name !== '') : list;
  if (names.length === 0)
    return refuse(
      'scopes/empty',
      'No scope was given',
      String(list),
      'one scope or more, e.g. todo:read,todo:write',
    );
  for (const name of names) {
    const checked = checkScope(name);
    if (!checked.ok) return checked;
  }
  const unique = [...new Set(names)];
  const repeated = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  return accept(unique, repeated.length > 0 ? [`Duplicate scopes removed: ${repeated.join(', ')}.`] : []);
}

/** The scope that guards reading and the one that guards writing. */
export interface ReadWritePair {
  readonly read: string;
  readonly write: string;
}

/** @returns the first `x:read` in a list that also has `x:write`, or undefined. */
export function readWritePair(scopes: readonly string[]): ReadWritePair | undefined {
  const stem = scopes
    .find((scope) => scope.endsWith(':read') && scopes.includes(`${scope.slice(0, -5)}:write`))
    ?.slice(0, -5);
  return stem === undefined ? undefined : { read: `${stem}:read`, write: `${stem}:write` };
}

/**
 * The consent page's text for a scope without a description: the part after the last colon is read as the verb.
 * @returns a sentence without a full stop, e.g. "Create, change and delete todo" for `todo:write`.
 */
export function describeScope(name: string): string {
  const words = (part: string) => part.replaceAll(/[:_]+/g, ' ').trim();
  const colon = name.lastIndexOf(':');
  const thing = words(name.slice(0, Math.max(colon, 0)));
  const verb = words(name.slice(colon + 1));
  if (thing === '' || verb === '') return `Use ${name}`;
  if (verb === 'read') return `Read ${thing}`;
  if (verb === 'write') return `Create, change and delete ${thing}`;
  if (verb === 'admin') return `Administer ${thing}`;
  return `${verb.charAt(0).toUpperCase()}${verb.slice(1)} ${thing}`;
}
