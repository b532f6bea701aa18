import {
  checkResourceAllowed,
  discoverOAuthServerInfo,
  exchangeAuthorization,
  extractWWWAuthenticateParams,
  type FetchLike,
  type OAuthServerInfo,
  registerClient,
  resourceUrlFromServerUrl,
  startAuthorization,
  validateAuthorizationResponseIssuer,
} from '@modelcontextprotocol/client';
import { isLoopback, printable } from '../scalekit/index.ts';
import { UserError } from '../terminal/errors.ts';
import { isAnswer, type Loopback, openLoopback } from './loopback.ts';

/** How a person is brought to a page and back. */
export interface Visit {
  /** The page where they sign in. */
  readonly url: URL;
  /** Where the browser comes back to. */
  readonly redirectUrl: string;
  /** Comes when the browser has come back by itself. */
  readonly answered: Promise<URLSearchParams>;
  /** @returns the parameters of an address that was pasted, or why it is not the one. */
  readPasted(address: string): URLSearchParams | string;
}

/** What a sign-in has given. It lives in memory alone, and `drop` forgets it. */
export interface SignIn {
  /** @throws Error after `drop`. */
  token(): string;
  /** What was granted, where the authorization server says so; else what was asked for (RFC 6749, section 5.1). */
  readonly scopes: readonly string[];
  drop(): void;
}

export interface SignInOptions {
  /** The MCP server, as it was given. */
  readonly server: URL;
  /** What is asked for, as far as the server knows it; where it knows none of these, all that it lists. */
  readonly scopes: readonly string[];
  /** How the client calls itself at registration. */
  readonly clientName: string;
  /** Brings the person there. */
  readonly visit: (visit: Visit) => Promise<URLSearchParams>;
  readonly signal: AbortSignal;
}

/** Longer than any server that works needs for an answer, in ms. */
const patience = 20_000;

/** @returns a fetch that gives up after some time (in ms), and when the signal is aborted. */
export function fetchWithin(signal: AbortSignal, milliseconds = patience): FetchLike {
  return (url, init) =>
    fetch(url, {
      ...init,
      signal: AbortSignal.any([
        signal,
        AbortSignal.timeout(milliseconds),
        ...(init?.signal ? [init.signal] : []),
      ]),
    });
}

function failed(server: URL, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  const detail = cause instanceof Error && message === 'fetch failed' ? cause.message || message : message;
  return new UserError(`Signing in at ${server.host} failed: ${printable(detail)}`, {
    code: 'sign-in/failed',
    cause: error,
  });
}

/** Asks without a token, as any client does first: the challenge says where the metadata is (RFC 9728, section 5.1). */
async function discover(server: URL, fetchFn: FetchLike): Promise<OAuthServerInfo> {
  const response = await fetchFn(server, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
  });
  await response.body?.cancel();
  if (response.status !== 401)
    throw new UserError(
      `${server.href} answered ${response.status} where an MCP server asks for a sign-in (401).`,
      { code: 'sign-in/no-challenge' },
    );
  const { resourceMetadataUrl } = extractWWWAuthenticateParams(response);
  return discoverOAuthServerInfo(server, {
    fetchFn,
    ...(resourceMetadataUrl === undefined ? {} : { resourceMetadataUrl }),
  });
}

/** @returns the resource indicator (RFC 8707), after a look whether the metadata is this server's. */
function resourceOf(server: URL, { resourceMetadata }: OAuthServerInfo): string | undefined {
  if (resourceMetadata === undefined) return undefined;
  const requestedResource = resourceUrlFromServerUrl(server);
  if (checkResourceAllowed({ requestedResource, configuredResource: resourceMetadata.resource }))
    return resourceMetadata.resource;
  throw new Error(`its metadata is that of ${resourceMetadata.resource}`);
}

function scopeFor(wanted: readonly string[], { resourceMetadata }: OAuthServerInfo): string | undefined {
  const known = resourceMetadata?.scopes_supported ?? [];
  const asked = wanted.filter((scope) => known.includes(scope));
  const scopes = asked.length > 0 ? asked : known;
  return scopes.length > 0 ? scopes.join(' ') : undefined;
}

/** A browser opens whatever it is given: only what is on the web, or on this machine. */
function checkPage(url: URL): URL {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) return url;
  throw new Error(`its sign-in page would be ${url.protocol}//${url.host}`);
}

function readPasted(address: string, isOurs: (parameters: URLSearchParams) => boolean) {
  const text = address.trim();
  if (!URL.canParse(text)) return 'This is no address: it begins with http://127.0.0.1';
  const { searchParams } = new URL(text);
  if (isOurs(searchParams)) return searchParams;
  return searchParams.has('state')
    ? 'This address belongs to another sign-in'
    : 'This address carries no answer: it ends with code=… and state=…';
}

function refusal(server: URL, callback: URLSearchParams): UserError {
  const error = printable(callback.get('error') ?? '');
  const description = callback.get('error_description');
  const said = description === null ? error : `${error}: ${printable(description)}`;
  return new UserError(
    error === 'access_denied'
      ? `The sign-in at ${server.host} was denied.`
      : `${server.host} refused the sign-in: ${said}`,
    { code: 'sign-in/refused' },
  );
}

/** Everything that a sign-in is about, once it is known. */
interface Attempt {
  readonly info: OAuthServerInfo;
  readonly resource: string | undefined;
  readonly scope: string | undefined;
  readonly loopback: Loopback;
  readonly fetchFn: FetchLike;
}

/** Registers, and makes the address of the page that asks the person. */
async function prepare({ info, resource, scope, loopback, fetchFn }: Attempt, clientName: string) {
  const { authorizationServerUrl, authorizationServerMetadata: metadata } = info;
  const common = { ...(metadata && { metadata }), ...(scope !== undefined && { scope }) };
  const clientInformation = await registerClient(authorizationServerUrl, {
    ...common,
    clientMetadata: {
      client_name: clientName,
      redirect_uris: [loopback.redirectUrl],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    fetchFn,
  });
  const { authorizationUrl, codeVerifier } = await startAuthorization(authorizationServerUrl, {
    ...common,
    clientInformation,
    redirectUrl: loopback.redirectUrl,
    state: loopback.state,
    ...(resource !== undefined && { resource }),
  });
  return { clientInformation, authorizationUrl: checkPage(authorizationUrl), codeVerifier };
}

/** Turns what the browser brought into a token. */
async function redeem(
  callback: URLSearchParams,
  { clientInformation, codeVerifier }: Awaited<ReturnType<typeof prepare>>,
  attempt: Attempt,
  server: URL,
): Promise<SignIn> {
  const { info, resource, loopback, fetchFn } = attempt;
  const { authorizationServerUrl, authorizationServerMetadata: metadata } = info;
  const iss = callback.get('iss') ?? undefined;
  // Before anything else of the answer is read (RFC 9207).
  validateAuthorizationResponseIssuer({
    iss,
    expectedIssuer: metadata?.issuer,
    issParameterSupported: metadata?.authorization_response_iss_parameter_supported === true,
  });
  const authorizationCode = callback.get('code');
  if (authorizationCode === null) throw refusal(server, callback);
  const tokens = await exchangeAuthorization(authorizationServerUrl, {
    ...(metadata && { metadata }),
    clientInformation,
    authorizationCode,
    ...(iss !== undefined && { iss }),
    codeVerifier,
    redirectUri: loopback.redirectUrl,
    ...(resource !== undefined && { resource }),
    fetchFn,
  });
  return held(tokens.access_token, (tokens.scope ?? attempt.scope ?? '').split(' '));
}

async function authorize(options: SignInOptions, fetchFn: FetchLike): Promise<SignIn> {
  const { server, clientName, signal } = options;
  const info = await discover(server, fetchFn);
  const resource = resourceOf(server, info);
  const scope = scopeFor(options.scopes, info);
  const loopback = await openLoopback();
  try {
    const attempt: Attempt = { info, resource, scope, loopback, fetchFn };
    const prepared = await prepare(attempt, clientName);
    const callback = await options.visit({
      url: prepared.authorizationUrl,
      redirectUrl: loopback.redirectUrl,
      answered: loopback.answered,
      readPasted: (address) => readPasted(address, (parameters) => isAnswer(parameters, loopback.state)),
    });
    signal.throwIfAborted();
    return await redeem(callback, prepared, attempt, server);
  } finally {
    loopback.close();
  }
}

function held(accessToken: string, scopes: readonly string[]): SignIn {
  let token: string | undefined = accessToken;
  return {
    token: () => {
      if (token === undefined) throw new Error('the sign-in is over');
      return token;
    },
    scopes: scopes.filter((scope) => scope !== ''),
    drop: () => {
      token = undefined;
    },
  };
}

/**
 * Signs a person in at an MCP server with the authorization code flow, PKCE, dynamic registration and a loopback redirect
 * (MCP 2025-11-25, authorization; RFC 8252). No refresh token is asked for, and nothing is kept.
 * @throws UserError where it does not come to an end; what aborted the signal.
 */
export async function signIn(options: SignInOptions): Promise<SignIn> {
  try {
    return await authorize(options, fetchWithin(options.signal));
  } catch (error) {
    options.signal.throwIfAborted();
    throw failed(options.server, error);
  }
}
