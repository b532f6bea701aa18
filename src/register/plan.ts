import { isUrl } from '../scalekit/index.ts';
import { describeEnvironment } from './environments.ts';
import type { DeclaredScope } from './project.ts';
import type { Credentials, ListedEnvironment, ListedScope, ListedServer } from './prose.ts';
import type { ReadResource } from './resource.ts';

/** What to register. */
export interface Wish {
  readonly name: string;
  /** The public base URL, as `checkMcpUrl` returns it. */
  readonly url: string;
  readonly scopes: readonly DeclaredScope[];
  /** Corrections and assumptions. */
  readonly notes: readonly string[];
}

/** What exists, according to Scalekit's tools. */
export interface Seen {
  readonly environment: ListedEnvironment;
  readonly credentials: Credentials;
  readonly scopes: readonly ListedScope[];
  /** Whether the list of scopes was read and is not empty: an empty one may be a failure. */
  readonly scopesAreCertain: boolean;
  /** The server that is registered under this URL. */
  readonly server: ListedServer | undefined;
  /** Its metadata, if it is registered. */
  readonly resource: ReadResource | undefined;
  /** The server that the project uses now, if it is in this environment under another URL. */
  readonly former: ListedServer | undefined;
}

/** What will be done at Scalekit, shown before anything is done. */
export interface Plan {
  readonly wish: Wish;
  readonly environment: ListedEnvironment;
  readonly environmentUrl: string | undefined;
  readonly clientId: string | undefined;
  readonly newScopes: readonly DeclaredScope[];
  readonly presentScopes: readonly string[];
  /** Scopes of the environment that are not this server's: Scalekit gives it these as well. */
  readonly otherScopes: readonly string[];
  readonly scopesAreCertain: boolean;
  readonly server: { readonly state: 'new' } | ({ readonly state: 'found' } & ListedServer);
  readonly notes: readonly string[];
}

/** Lifetime of access tokens of a new server, in seconds: Scalekit's own default (docs/scalekit.md#access-tokens). */
export const tokenExpiry = 3600;

/** @returns whether two Server URLs mean the same server, whether or not they end in a slash or the endpoint's path. */
export function isSameServer(a: string, b: string): boolean {
  const plain = (url: string) => {
    if (!isUrl(url)) return url;
    const { origin, pathname } = new URL(url);
    return origin + pathname.replace(/\/+$/, '').replace(/\/mcp$/i, '');
  };
  return plain(a) === plain(b);
}

/**
 * @param currentId the resource id that the project uses now.
 * @returns the registered servers that match, the best first: the project's own id, then the exact URL.
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
      `It is registered as ${server.url}, but MCP_URL is ${wish.url}. Tokens work all the same: the server checks the resource id.`,
    );
  if (server?.usesScalekit === false)
    notes.push(
      `${server.id} uses another provider's sign-in. Switch it to Scalekit's in the dashboard: MCP Servers > ${server.name}.`,
    );
  if (former !== undefined)
    notes.push(
      `.env has ${former.id}, which is registered as ${former.url}. Its URL can only be changed in the dashboard, so ${wish.url} becomes a second server.`,
    );
  if (environment.type !== 'development')
    notes.push(`This is not a development environment: ${describeEnvironment(environment)}.`);
  return notes;
}

/** Decides what to do. Pure. */
export function planRegistration(wish: Wish, seen: Seen): Plan {
  const known = new Set(seen.scopes.map(({ name }) => name));
  // Scopes that the registered server offers exist, whatever the list says.
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
