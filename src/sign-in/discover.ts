import {
  checkResourceAllowed,
  discoverOAuthServerInfo,
  extractWWWAuthenticateParams,
  type FetchLike,
  type OAuthServerInfo,
  resourceUrlFromServerUrl,
} from '@modelcontextprotocol/client';
import { isScope, printable, scopesIn } from '../scalekit/index.ts';
import { UserError } from '../terminal/errors.ts';

/** An MCP server that asks for a token, and what it says about where to get one. */
export interface ProtectedServer {
  readonly server: URL;
  readonly info: OAuthServerInfo;
  /** The resource indicator (RFC 8707); undefined if the server has no metadata. */
  readonly resource: string | undefined;
  /** The scopes that clients request first: the `scope` of the 401's challenge. */
  readonly baseScopes: readonly string[];
  /** All that its metadata lists. */
  readonly scopes: readonly string[];
}

/** Longer than any working server needs for an answer, in ms. */
const patience = 20_000;
/** Far larger than any answer of an authorization server, in bytes. */
const largest = 1024 * 1024;

/** What is waited for, and no more. */
interface Limits {
  /** In ms. */
  readonly milliseconds?: number;
  /** Of the answer. */
  readonly bytes?: number;
}

/** @returns the innermost of an error's causes: `fetch` itself only says "fetch failed". */
function rootCause(error: unknown): Error {
  const known = error instanceof Error ? error : new Error(String(error));
  return known.cause instanceof Error ? rootCause(known.cause) : known;
}

/** @returns an error that says that nothing answers at an address, with the system's reason. */
export function noAnswer(url: URL | string, error: unknown): UserError {
  const { message, name } = rootCause(error);
  const { origin, pathname } = new URL(url);
  const why = name === 'TimeoutError' ? 'it takes too long' : message;
  return new UserError(`Nothing answers at ${origin}${pathname}: ${printable(why)}`, {
    code: 'no-answer',
    cause: error,
  });
}

/** @returns the same response, whose body ends with an error where it is too large: nobody may fill our memory. */
function bounded(response: Response, bytes: number): Response {
  if (response.body === null) return response;
  let read = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      read += chunk.length;
      if (read <= bytes) controller.enqueue(chunk);
      else controller.error(new Error(`the answer is larger than ${bytes} bytes`));
    },
  });
  return new Response(response.body.pipeThrough(counted), response);
}

/**
 * @returns a fetch that gives up after some time, after some bytes, and when the signal is aborted.
 * It throws a UserError (`no-answer`) if nobody answers, and what aborted the signal.
 */
export function fetchWithin(
  signal: AbortSignal,
  { milliseconds = patience, bytes = largest }: Limits = {},
): FetchLike {
  return async (url, init) => {
    const limits = [signal, AbortSignal.timeout(milliseconds), ...(init?.signal ? [init.signal] : [])];
    try {
      return bounded(await fetch(url, { ...init, signal: AbortSignal.any(limits) }), bytes);
    } catch (error) {
      signal.throwIfAborted();
      init?.signal?.throwIfAborted();
      throw noAnswer(url, error);
    }
  };
}

/** @returns what went wrong while getting a token, in words. */
export function signInError(server: URL, error: unknown): UserError {
  if (error instanceof UserError) return error;
  return new UserError(`Signing in at ${server.host} failed: ${printable(rootCause(error).message)}`, {
    code: 'sign-in/failed',
    cause: error,
  });
}

/** @returns the resource indicator (RFC 8707), after checking that the metadata is this server's. */
function resourceOf(server: URL, { resourceMetadata }: OAuthServerInfo): string | undefined {
  if (resourceMetadata === undefined) return undefined;
  const requestedResource = resourceUrlFromServerUrl(server);
  if (checkResourceAllowed({ requestedResource, configuredResource: resourceMetadata.resource }))
    return resourceMetadata.resource;
  throw new Error(`its metadata is that of ${resourceMetadata.resource}`);
}

/** Sends an MCP server a request without a token, as any client does first. */
async function withoutToken(server: URL, fetchFn: FetchLike): Promise<Response> {
  const response = await fetchFn(server, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
  });
  await response.body?.cancel();
  return response;
}

/**
 * @returns whether an MCP server asks for a token; true if nothing answers, since it may.
 * @throws what aborted the signal.
 */
export async function asksForToken(server: URL, signal: AbortSignal): Promise<boolean> {
  try {
    return (await withoutToken(server, fetchWithin(signal))).status === 401;
  } catch {
    signal.throwIfAborted();
    return true;
  }
}

/** @returns the metadata of a server that sends no challenge (RFC 9728, section 3), since one with public tools answers some calls. */
async function infoWithoutChallenge(
  server: URL,
  { ok, status }: Response,
  fetchFn: FetchLike,
): Promise<OAuthServerInfo> {
  const info = ok ? await discoverOAuthServerInfo(server, { fetchFn }).catch(() => undefined) : undefined;
  if (info?.resourceMetadata !== undefined) return info;
  throw new UserError(`${server.href} answered ${status} where an MCP server asks for a sign-in (401).`, {
    code: 'sign-in/no-challenge',
  });
}

/**
 * Finds out where to get a token for an MCP server: its challenge says where the metadata is (RFC 9728, section 5.1), which
 * names the authorization server. Without a challenge, the metadata is at its usual place, and all scopes that it lists are requested.
 * @throws UserError (`sign-in/no-challenge`) if it does not ask for a token; what `fetchFn` throws.
 */
export async function discover(server: URL, fetchFn: FetchLike): Promise<ProtectedServer> {
  const response = await withoutToken(server, fetchFn);
  const isChallenge = response.status === 401;
  const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response);
  const info = isChallenge
    ? await discoverOAuthServerInfo(server, {
        fetchFn,
        ...(resourceMetadataUrl === undefined ? {} : { resourceMetadataUrl }),
      })
    : await infoWithoutChallenge(server, response, fetchFn);
  const scopes = (info.resourceMetadata?.scopes_supported ?? []).filter(isScope);
  const baseScopes = isChallenge ? scopesIn(scope) : scopes;
  return { server, info, resource: resourceOf(server, info), baseScopes, scopes };
}
