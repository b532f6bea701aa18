import type { DeclaredScope } from '../project/scope-lines.ts';
import { describeEnvironment } from './environments.ts';
import type { Credentials, ListedEnvironment, ListedScope, ListedServer } from './prose.ts';
import type { ReadResource } from './resource.ts';

/** What is to be registered. */
export interface Wish {
  readonly name: string;
  /** The public base URL, as `checkMcpUrl` returns it. */
  readonly url: string;
  readonly scopes: readonly DeclaredScope[];
  /** What was corrected or assumed on the way here. */
  readonly notes: readonly string[];
}

/** What is there, as Scalekit's tools say. */
export interface Seen {
  readonly environment: ListedEnvironment;
  readonly credentials: Credentials;
  readonly scopes: readonly ListedScope[];
  /** Whether the list of scopes was read, and not empty: an empty one may be a failure. */
  readonly scopesAreCertain: boolean;
  /** The one that is registered under this URL. */
  readonly server: ListedServer | undefined;
  /** What its metadata says, where it is registered. */
  readonly resource: ReadResource | undefined;
  /** The server that the project uses now, where it is in this environment under another URL. */
  readonly former: ListedServer | undefined;
}

/** What will be done at Scalekit. It is shown before anything is. */
export interface Plan {
  readonly wish: Wish;
  readonly environment: ListedEnvironment;
  readonly environmentUrl: string | undefined;
  readonly clientId: string | undefined;
  readonly newScopes: readonly DeclaredScope[];
  readonly presentScopes: readonly string[];
  /** Scopes of the environment that are none of this server's: Scalekit gives it these, too. */
  readonly otherScopes: readonly string[];
  readonly scopesAreCertain: boolean;
  readonly server: { readonly state: 'new' } | ({ readonly state: 'found' } & ListedServer);
  readonly notes: readonly string[];
}

/** Lifetime of access tokens of a new server, in seconds: Scalekit's own default (docs/scalekit.md#access-tokens). */
export const tokenExpiry = 3600;

/** @returns whether two Server URLs mean the same server: a slash at the end, or the endpoint's path, are no difference. */
export function isSameServer(a: string, b: string): boolean {
  const plain = (url: string) => {
    if (!URL.canParse(url)) return url;
    const { origin, pathname } = new URL(url);
    return origin + pathname.replace(/\/+$/, '').replace(/\/mcp$/i, '');
  };
  return plain(a) === plain(b);
}

/**
 * @param currentId the resource id that the project uses now.
 * @returns the registered servers that are this one, the best first: the exact URL, then the project's own id.
 */
export function registeredAs(
  servers: readonly ListedServer[],
  url: string,
  currentId: string | undefined,
): readonly ListedServer[] {
  const rank = (server: ListedServer) => (server.id === currentId ? 0 : server.url === url ? 1 : 2);
  return servers.filter((server) => isSameServer(server.url, url)).sort((a, b) => rank(a) - rank(b));
}

function environmentUrlOf({ environment, credentials, resource }: Seen): string | undefined {
  if (resource?.read) return resource.resource.environmentUrl;
  if (credentials.environmentUrl !== undefined) return credentials.environmentUrl;
  return environment.domain === undefined ? undefined : `https://${environment.domain}`;
}

function notesOn(wish: Wish, seen: Seen): readonly string[] {
  const notes = [...wish.notes];
  const { server, former, environment } = seen;
  if (server !== undefined && server.url !== wish.url)
    notes.push(
      `It is registered as ${server.url}, where MCP_URL is ${wish.url}. Tokens work all the same: the server checks the resource id.`,
    );
  if (server?.usesScalekit === false)
    notes.push(
      `${server.id} uses another provider's sign-in. Switch it to Scalekit's in the dashboard: MCP Servers > ${server.name}.`,
    );
  if (former !== undefined)
    notes.push(
      `.env has ${former.id}, which is registered as ${former.url}. Its URL can be changed in the dashboard only: ${wish.url} becomes a server beside it.`,
    );
  if (environment.type !== 'development')
    notes.push(`This is no development environment: ${describeEnvironment(environment)}.`);
  return notes;
}

/** Decides what is to be done. Pure. */
export function planRegistration(wish: Wish, seen: Seen): Plan {
  const known = new Set(seen.scopes.map(({ name }) => name));
  // What the registered server already offers exists, whatever the list says.
  if (seen.resource?.read) for (const name of seen.resource.resource.scopes) known.add(name);
  const own = new Set(wish.scopes.map(({ name }) => name));
  return {
    wish,
    environment: seen.environment,
    environmentUrl: environmentUrlOf(seen),
    clientId: seen.credentials.clientId,
    newScopes: wish.scopes.filter(({ name }) => !known.has(name)),
    presentScopes: wish.scopes.map(({ name }) => name).filter((name) => known.has(name)),
    otherScopes: [...known].filter((name) => !own.has(name)),
    scopesAreCertain: seen.scopesAreCertain,
    server: seen.server === undefined ? { state: 'new' } : { state: 'found', ...seen.server },
    notes: notesOn(wish, seen),
  };
}

/** @returns whether anything would be created at Scalekit. */
export function createsSomething(plan: Plan): boolean {
  return plan.server.state === 'new' || plan.newScopes.length > 0;
}
