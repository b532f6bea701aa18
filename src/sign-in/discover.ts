import {
  checkResourceAllowed,
  discoverOAuthServerInfo,
  extractWWWAuthenticateParams,
  type FetchLike,
  type OAuthServerInfo,
  resourceUrlFromServerUrl,
} from '@modelcontextprotocol/client';
import { isLoopback, isScope, printable, scopesIn } from '../scalekit/index.ts';
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

/** What to do about a connection that failed, by the system's code. */
function remedyFor(code: string, address: URL): string | undefined {
  if (code === 'ECONNREFUSED' && isLoopback(address)) return 'start the server: npm run dev, in its folder';
  if (code === 'ENOTFOUND') return 'check the spelling of the host, and this machine’s network';
  if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(code))
    return 'if this certificate is right, name its authority’s file in NODE_EXTRA_CA_CERTS';
  if (/^EPROTO$|WRONG_VERSION|PACKET_LENGTH/.test(code) && address.protocol === 'https:')
    return 'it seems to speak plain http: try http:// in the address';
  return undefined;
}

/** Undici's and the system's codes for a connection that was there, and was closed. */
const closed = /^(?:UND_ERR_SOCKET|ECONNRESET|EPIPE)$/;

/** @returns an error that says that nothing answers at an address, with the system's reason. */
export function noAnswer(url: URL | string, error: unknown): UserError {
  const { message, name, ...rest } = rootCause(error) as NodeJS.ErrnoException;
  const address = new URL(url);
  const code = rest.code ?? '';
  const place = `${address.origin}${address.pathname}`;
  if (closed.test(code))
    return new UserError(`The server at ${place} closed the connection before it had answered.`, {
      code: 'connection-closed',
      next: 'look at what it has logged: it may have crashed, or been restarted by a save',
      cause: error,
    });
  if (name === 'HTTPParserError' || code.startsWith('HPE_'))
    return new UserError(`What listens at ${place} speaks no HTTP.`, { code: 'no-http', cause: error });
  const why = name === 'TimeoutError' ? 'it takes too long' : message;
  const next = remedyFor(code, address);
  return new UserError(`Nothing answers at ${place}: ${printable(why)}`, {
    code: 'no-answer',
    cause: error,
    ...(next === undefined ? {} : { next }),
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
async function withoutToken(
  server: URL,
  fetchFn: FetchLike,
  redirect: 'follow' | 'manual' = 'follow',
): Promise<Response> {
  const response = await fetchFn(server, {
    redirect,
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
  });
  await response.body?.cancel();
  return response;
}

/**
 * @returns whether an MCP server asks for a token. A redirect does not: where it leads, and what is there, is seen at the connection.
 * @throws UserError if nothing answers; what aborted the signal.
 */
export async function asksForToken(server: URL, signal: AbortSignal): Promise<boolean> {
  return (await withoutToken(server, fetchWithin(signal), 'manual')).status === 401;
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
