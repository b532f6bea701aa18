import type { Settings } from '../project/settings.ts';
import { stateDirectory } from '../project/state-directory.ts';
import { checkScopes, endpoints } from '../scalekit/index.ts';
import { UsageError, UserError } from '../terminal/errors.ts';
import type { EmulatorUser } from './contract.ts';
import { KeyRing } from './keys.ts';
import { settleSwitches } from './local-file.ts';
import { scopesOfProject, type WantedScalekit } from './of-project.ts';
import { scopeNames, settingsOf } from './settings.ts';
import { mint } from './tokens.ts';
import { firstOf, machineClient } from './users.ts';

/** Which token to make. */
export interface Wish {
  /** Separated by commas or white space; default: all of the project's. */
  readonly scopes?: string | undefined;
  /** A user's id, email address or name; default: the first user. */
  readonly as?: string | undefined;
  /** A token of the machine client instead of a user's. */
  readonly machine?: boolean | undefined;
}

const help = 'scalekit-mcp token --help';

function chooseScopes(known: readonly string[], wished: string | undefined): readonly string[] {
  if (wished === undefined) return known;
  const checked = checkScopes(wished);
  if (!checked.ok)
    throw new UsageError(`--scopes: ${checked.problem.reason}: ${checked.problem.actual}`, { next: help });
  const unknown = checked.value.find((scope) => !known.includes(scope));
  if (unknown === undefined) return checked.value;
  throw new UsageError(`--scopes: This project has no scope ${unknown}\n    expected ${known.join(', ')}`, {
    next: help,
  });
}

function chooseUser(users: readonly EmulatorUser[], wished: string | undefined): EmulatorUser {
  if (wished === undefined) return firstOf(users);
  const wanted = wished.trim().toLowerCase();
  const user = users.find(({ id, name, email }) =>
    [id, name.toLowerCase(), email.toLowerCase()].includes(wanted),
  );
  if (user !== undefined) return user;
  const known = users.map(({ name, email }) => `${name} (${email})`).join(', ');
  throw new UsageError(`--as: There is no such user: ${wished}\n    expected ${known}`, { next: help });
}

/** @returns the ids of the keys that the local Scalekit publishes, or undefined if none answers. */
async function publishedKeys(address: string): Promise<readonly unknown[] | undefined> {
  try {
    const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(1000) });
    const { keys } = (await response.json()) as { keys?: ReadonlyArray<{ kid?: unknown }> };
    return Array.isArray(keys) ? keys.map(({ kid }) => kid) : [];
  } catch {
    return undefined;
  }
}

/**
 * Makes an access token as the project's local Scalekit would, with its key, users, scopes and switches, but without a
 * sign-in. The local Scalekit need not be running.
 * @throws UsageError for a scope or a user that the project does not have; UserError if the local Scalekit uses another key.
 */
export async function mintForProject(
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
  { resourceId, mcpUrl, port, url }: WantedScalekit & Pick<Settings, 'mcpUrl'>,
  wish: Wish,
): Promise<string> {
  const { scopes: defined } = scopesOfProject(directory);
  const options = { ...settleSwitches(directory).decides, resourceId, scopes: defined };
  const settings = settingsOf(mcpUrl === undefined ? options : { ...options, mcpUrl }, port);
  const scopes = chooseScopes(scopeNames(settings), wish.scopes);
  const { id } = chooseUser(settings.users, wish.as);
  const [keys, published] = await Promise.all([
    KeyRing.open(stateDirectory(env)),
    publishedKeys(endpoints(url, settings.resourceId).keys),
  ]);
  if (published !== undefined && !published.includes(keys.current.kid))
    throw new UserError(`The local Scalekit at ${url} signs with a different key from the stored one.`, {
      code: 'token/other-key',
      next: 'if it runs with --ephemeral, restart it without: npx scalekit-mcp dev',
    });
  if (!wish.machine) return mint(settings, keys, { scopes, subject: id });
  const { clientId } = machineClient;
  return mint(settings, keys, {
    scopes,
    subject: clientId,
    claims: { client_id: clientId, sid: undefined, scopes },
  });
}
