import type { EmulatorUser } from './contract.ts';
import type { Settings } from './settings.ts';

// Scopes are permissions at Scalekit, and a server may give its tokens no more than a person's roles grant
// (docs/scalekit.md#scopes-and-refresh-tokens).

function userOf({ users }: Settings, id: string): EmulatorUser | undefined {
  return users.find((user) => user.id === id);
}

/** @returns everything that a person's roles permit, without duplicates. */
function permissionsOf({ roles }: Settings, user: EmulatorUser | undefined): readonly string[] {
  return [...new Set((user?.roles ?? []).flatMap((role) => roles[role] ?? []))];
}

/** @returns those of the scopes that somebody can be granted. Machines have no roles, and are granted all. */
export function permitted(settings: Settings, subject: string, scopes: readonly string[]): readonly string[] {
  const user = userOf(settings, subject);
  if (!settings.userPermissions || user === undefined) return scopes;
  const permissions = permissionsOf(settings, user);
  return scopes.filter((scope) => permissions.includes(scope));
}

/** @returns the claims of a person who has roles; a claim that would be empty is left out, as Scalekit does. */
export function roleClaims(
  settings: Settings,
  userId: string,
): { readonly roles?: readonly string[]; readonly permissions?: readonly string[] } {
  const user = userOf(settings, userId);
  const permissions = permissionsOf(settings, user);
  return {
    ...(user?.roles?.length ? { roles: user.roles } : {}),
    ...(permissions.length > 0 ? { permissions } : {}),
  };
}
