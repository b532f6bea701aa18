import { accept, type Checked, checkScopes, printable, refuse } from '../scalekit/index.ts';
import type { EmulatorUser } from './contract.ts';

/** Who can sign in at the local Scalekit and what their roles permit, in the form of the command line and of `local-scalekit.json`. */

type Reading<Decided> = Checked<{ readonly kept: unknown; readonly decides: Decided }>;

/** A refused value, for an error message. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}

const roleName = /^[\w-]{1,64}$/;

/** A user in the file, if a line of text is not enough. */
interface Written {
  readonly name?: unknown;
  readonly email?: unknown;
  readonly roles?: unknown;
}

function isRoleList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string' && roleName.test(each));
}

function fromObject({ name, email, roles = [], ...others }: Written): Omit<EmulatorUser, 'id'> | undefined {
  const isAddress = typeof email === 'string' && /^[^\s<>@]+@[^\s<>@]+$/.test(email);
  const isName = name === undefined || (typeof name === 'string' && name.trim() !== '');
  if (!isAddress || !isName || !isRoleList(roles) || Object.keys(others).length > 0) return undefined;
  const person = { name: printable(name ?? email, 80), email: printable(email, 254) };
  return roles.length > 0 ? { ...person, roles } : person;
}

/** `Ada <ada@example.com>`, or the address alone. */
function fromText(text: string): Omit<EmulatorUser, 'id'> | undefined {
  const pattern = /^(?:(?<name>[^<>]+?)\s*<(?<email>[^\s<>@]+@[^\s<>@]+)>|(?<bare>[^\s<>@]+@[^\s<>@]+))$/;
  const { name, email, bare } = pattern.exec(text.trim())?.groups ?? {};
  return fromObject({ name, email: email ?? bare });
}

/** Ids continue those of the two default users. */
function userOf(value: unknown, index: number): EmulatorUser | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const person = typeof value === 'string' ? fromText(value) : isObject ? fromObject(value) : undefined;
  return person && { id: `usr_${1_000_000_000_000_003 + index}`, ...person };
}

/** Checks `--users`, or `users` of the file. */
export function checkUsers(value: unknown): Reading<{ readonly users: readonly EmulatorUser[] }> {
  const list: unknown = typeof value === 'string' ? value.split(',') : value;
  const written: readonly unknown[] = Array.isArray(list) ? list : [];
  const users = written.map(userOf).filter((user) => user !== undefined);
  if (users.length > 0 && users.length === written.length && users.length <= 100) {
    const kept = written.map((each) => (typeof each === 'string' ? each.trim() : each));
    return accept({ kept, decides: { users } });
  }
  const expected =
    'addresses, e.g. "Ada <ada@example.com>,bob@example.com"; in the file {"email": "…", "name": "…", "roles": ["…"]}, too';
  return refuse('users', 'These are no users', shown(value), expected);
}

/** Checks `roles` of the file: `{"viewer": ["todo:read"]}`. */
export function checkRoles(
  value: unknown,
): Reading<{ readonly roles: Readonly<Record<string, readonly string[]>> }> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries: ReadonlyArray<readonly [string, unknown]> = isObject ? Object.entries(value) : [];
  const roles = entries.flatMap(([name, scopes]) => {
    const isList = Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string');
    const checked = isList && scopes.length > 0 ? checkScopes(scopes) : undefined;
    if (!isList || checked?.ok === false || !roleName.test(name)) return [];
    return [[name, checked === undefined ? [] : checked.value] as const];
  });
  if (isObject && roles.length === entries.length)
    return accept({ kept: value, decides: { roles: Object.fromEntries(roles) } });
  return refuse(
    'roles',
    'These are no roles',
    shown(value),
    'names of roles with the scopes that each permits, e.g. {"viewer": ["todo:read"]}',
  );
}
