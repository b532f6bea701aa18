/** What can be guessed of a new tool, in any language. */

/** @returns whether a tool with these scopes changes nothing. */
export function onlyReads(scopes: readonly string[]): boolean {
  return scopes.every((scope) => /(?:^|[:_])read$/.test(scope));
}

/** @returns e.g. `Archive note` for `archive_note`. */
export function titleOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
