/** Texts of the contract that several tests expect from the servers. */

/** @returns what a server says if a token lacks scopes, e.g. `` `todo:write` ``. */
export function insufficientPermissions(...missing: readonly string[]): string {
  const names = new Intl.ListFormat('en').format(missing.map((scope) => `\`${scope}\``));
  return `Insufficient permissions: ${names} ${missing.length > 1 ? 'scopes' : 'scope'} required.`;
}
