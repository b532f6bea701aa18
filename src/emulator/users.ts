import type { EmulatorUser, MachineClient } from './contract.ts';

/** The default users. Both belong to the same organization. */
export const defaultUsers: readonly [EmulatorUser, EmulatorUser] = [
  { id: 'usr_1000000000000003', name: 'First user', email: 'first.user@example.com' },
  { id: 'usr_1000000000000004', name: 'Second user', email: 'second.user@example.com' },
];

/** The organization in every token's `oid`. */
export const organizationId = 'org_1000000000000005';

/**
 * The client for the client credentials grant. Its secret is public because it protects nothing: it only works for this
 * emulator, which gives tokens to everybody on this machine.
 */
export const machineClient: MachineClient = {
  clientId: 'm2m_1000000000000006',
  clientSecret: 'local-machine-secret',
};

/** A client of that organization: the same grant, another form of token. Its secret protects nothing either. */
export const organizationClient: MachineClient = {
  clientId: 'm2morg_1000000000000008',
  clientSecret: 'local-organization-secret',
};

/** The `client_id` of minted tokens. */
export const mintingClientId = 'm2m_1000000000000007';

/**
 * @param hint an authorization request's `login_hint`: a user's id or email address.
 * @returns that user, or undefined.
 */
export function userOfHint(
  users: readonly EmulatorUser[],
  hint: string | undefined,
): EmulatorUser | undefined {
  return users.find((user) => user.id === hint || user.email === hint);
}

/** @returns the first user; there is always one. */
export function firstOf(users: readonly EmulatorUser[]): EmulatorUser {
  return users[0] ?? defaultUsers[0];
}
