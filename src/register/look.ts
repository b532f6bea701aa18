import { printable } from '../scalekit/index.ts';
import { UsageError } from '../terminal/errors.ts';
import { type Door, ToolTrouble } from './door.ts';
import { type Choosing, chooseEnvironment } from './environments.ts';
import type { Person } from './person.ts';
import { isSameServer, registeredAs, type Seen, type Wish } from './plan.ts';
import {
  type Credentials,
  type ListedScope,
  type ListedServer,
  type Page,
  type Reading,
  readCredentials,
  readEnvironments,
  readScopes,
  readServers,
} from './prose.ts';
import { readResource } from './resource.ts';
import type { Arguments, ToolName } from './tools.ts';

/** More pages than any workspace has: stops at a list that never ends. */
const mostPages = 100;

/** Reads all pages of a list. */
async function readAll<T>(
  door: Door,
  tool: ToolName,
  args: Arguments,
  read: (text: string) => Reading<Page<T>>,
): Promise<readonly T[]> {
  const items: T[] = [];
  const seen = new Set<string>();
  let page: string | undefined;
  for (let count = 0; count < mostPages; count += 1) {
    const answer: Page<T> = await door.call(tool, page === undefined ? args : { ...args, page }, read);
    items.push(...answer.items);
    if (answer.next === undefined) return items;
    if (seen.has(answer.next)) break;
    seen.add(answer.next);
    page = answer.next;
  }
  throw new ToolTrouble(tool, 'unreadable', `its pages do not end (${printable(page ?? '')})`);
}

/** @returns the MCP servers of an environment. @throws ToolTrouble if the whole list cannot be read. */
export function listServers(door: Door, environment: string): Promise<readonly ListedServer[]> {
  return readAll(door, 'list_mcp_servers', { environment }, readServers);
}

/** Lists the scopes of an environment, and whether the list is certain: a failure also looks like an empty list. */
export async function listScopes(
  door: Door,
  environment: string,
): Promise<Pick<Seen, 'scopes' | 'scopesAreCertain'>> {
  try {
    const scopes: readonly ListedScope[] = await door.call(
      'list_environment_scopes',
      { environment },
      readScopes,
    );
    return { scopes, scopesAreCertain: scopes.length > 0 };
  } catch (error) {
    if (error instanceof ToolTrouble) return { scopes: [], scopesAreCertain: false };
    throw error;
  }
}

/** Optional: the list of environments has the host, and the server needs no client id. */
async function credentialsOf(door: Door, environment: string): Promise<Credentials> {
  try {
    return await door.call('get_environment_credentials', { environment }, readCredentials);
  } catch (error) {
    if (error instanceof ToolTrouble) return { environmentUrl: undefined, clientId: undefined };
    throw error;
  }
}

async function chooseServer(
  candidates: readonly ListedServer[],
  url: string,
  currentId: string | undefined,
  { yes, person }: { readonly yes: boolean; readonly person: Person },
): Promise<ListedServer | undefined> {
  const [first, second] = candidates;
  const isClear =
    second === undefined || first?.id === currentId || (first?.url === url && second.url !== url);
  if (isClear) return first;
  const choices = candidates.map((value) => ({
    value,
    label: printable(`${value.name} ${value.id}, ${value.url}`),
  }));
  if (!yes) return person.choose('Several MCP servers are registered under this URL. Which?', choices);
  const lines = choices.map(({ label }) => `    ${label}`).join('\n');
  throw new UsageError(`Several MCP servers are registered under this URL:\n${lines}`, {
    code: 'register/several-servers',
    next: 'set SCALEKIT_RESOURCE_ID in .env to the id of the right one, or remove the others in the dashboard',
  });
}

export interface Looking extends Choosing {
  readonly currentId: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Finds out what exists. Changes nothing.
 * @throws ToolTrouble if the environments or the MCP servers cannot be read: without them there is no plan.
 */
export async function look(door: Door, wish: Wish, looking: Looking): Promise<Seen> {
  const environments = await readAll(door, 'list_environments', { pageSize: 100 }, readEnvironments);
  const environment = await chooseEnvironment(environments, looking);
  const [credentials, scopes, servers] = await Promise.all([
    credentialsOf(door, environment.id),
    listScopes(door, environment.id),
    listServers(door, environment.id),
  ]);
  const { currentId, signal } = looking;
  const server = await chooseServer(registeredAs(servers, wish.url, currentId), wish.url, currentId, looking);
  const former = servers.find(({ id, url }) => id === currentId && !isSameServer(url, wish.url));
  const url = credentials.environmentUrl ?? (environment.domain && `https://${environment.domain}`);
  const resource = server === undefined || !url ? undefined : await readResource(url, server.id, signal);
  return { environment, credentials, ...scopes, server, resource, former };
}
