import {
  exchangeAuthorization,
  type FetchLike,
  type OAuthClientInformationMixed,
  registerClient,
  startAuthorization,
  validateAuthorizationResponseIssuer,
} from '@modelcontextprotocol/client';
import { isLoopback, isUrl, printable, withOfflineAccess } from '../scalekit/index.ts';
import { UserError } from '../terminal/errors.ts';
import { discover, fetchWithin, type ProtectedServer, signInError } from './discover.ts';
import { isAnswer, type Loopback, openLoopback } from './loopback.ts';
import { type Origin, originOf, type Tokens, tokensOf } from './tokens.ts';
import type { Visit } from './visit.ts';

export interface SignInOptions {
  /** The MCP server, as it was given. */
  readonly server: URL;
  /** @returns what is asked for, once it is known what the server has; nothing: the authorization server decides. */
  readonly scopes: (server: ProtectedServer) => readonly string[];
  /** How the client calls itself at registration. */
  readonly clientName: string;
  /** A client that is known there already, or the https URL of a client id metadata document; default: registers one. */
  readonly clientId?: string | undefined;
  /** Where the browser comes back to, for a client that has one redirect URI; default: any free port. */
  readonly port?: number | undefined;
  /** Asks for a refresh token, too. */
  readonly stayConnected?: boolean;
  /** Who is to sign in, as far as the authorization server listens to it (OpenID Connect's `login_hint`). */
  readonly user?: string | undefined;
  /** Brings the person there. */
  readonly visit: (visit: Visit) => Promise<URLSearchParams>;
  readonly signal: AbortSignal;
}

/** What a sign-in has given. It lives in memory alone until somebody keeps it. */
export interface SignedIn {
  readonly tokens: Tokens;
  readonly origin: Origin;
}

/** A browser opens whatever it is given: only what is on the web, or on this machine. */
function checkPage(url: URL): URL {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) return url;
  throw new Error(`its sign-in page would be ${url.protocol}//${url.host}`);
}

function readPasted(address: string, isOurs: (parameters: URLSearchParams) => boolean) {
  const text = address.trim();
  if (!isUrl(text)) return 'This is no address: it begins with http://127.0.0.1';
  const { searchParams } = new URL(text);
  if (isOurs(searchParams)) return searchParams;
  return searchParams.has('state')
    ? 'This address belongs to another sign-in'
    : 'This address carries no answer: it ends with code=… and state=…';
}

/** The authorization server has answered with an error (RFC 6749, section 4.1.2.1). */
class Refused extends UserError {
  readonly error: string;

  constructor(server: URL, callback: URLSearchParams) {
    const error = printable(callback.get('error') ?? '');
    const description = callback.get('error_description');
    const said = description === null ? error : `${error}: ${printable(description)}`;
    super(
      error === 'access_denied'
        ? `The sign-in at ${server.host} was denied.`
        : `${server.host} refused the sign-in: ${said}`,
      { code: 'sign-in/refused' },
    );
    this.error = error;
  }
}

/** Everything that an attempt is about, once it is known. */
interface Attempt {
  readonly options: SignInOptions;
  readonly found: ProtectedServer;
  readonly scopes: readonly string[];
  readonly loopback: Loopback;
  readonly fetchFn: FetchLike;
}

async function clientFor(attempt: Attempt): Promise<OAuthClientInformationMixed> {
  const { options, found, scopes, loopback, fetchFn } = attempt;
  const { authorizationServerUrl, authorizationServerMetadata: metadata } = found.info;
  const { clientId } = options;
  if (clientId?.startsWith('https://') && metadata?.client_id_metadata_document_supported !== true)
    throw new UserError(
      `${new URL(authorizationServerUrl).host} takes no client id metadata documents: ${printable(clientId)}`,
      { code: 'sign-in/no-documents', next: 'leave --client-id out, or give the id of a registered client' },
    );
  if (clientId !== undefined) return { client_id: clientId };
  return registerClient(authorizationServerUrl, {
    ...(metadata && { metadata }),
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    clientMetadata: {
      client_name: options.clientName,
      // A program with a loopback redirect is native, and has to say so (MCP 2026-07-28, authorization; SEP-837).
      application_type: 'native',
      redirect_uris: [loopback.redirectUrl],
      grant_types: ['authorization_code', ...(options.stayConnected ? ['refresh_token'] : [])],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    fetchFn,
  });
}

/** Registers, and makes the address of the page that asks the person. */
async function prepare(attempt: Attempt) {
  const { options, found, scopes, loopback } = attempt;
  const { authorizationServerUrl, authorizationServerMetadata: metadata } = found.info;
  const clientInformation = await clientFor(attempt);
  const { authorizationUrl, codeVerifier } = await startAuthorization(authorizationServerUrl, {
    ...(metadata && { metadata }),
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    clientInformation,
    redirectUrl: loopback.redirectUrl,
    state: loopback.state,
    ...(found.resource !== undefined && { resource: found.resource }),
  });
  if (options.user !== undefined) authorizationUrl.searchParams.set('login_hint', options.user);
  return { clientInformation, authorizationUrl: checkPage(authorizationUrl), codeVerifier };
}

/** Turns what the browser brought into tokens. */
async function redeem(
  callback: URLSearchParams,
  { clientInformation, codeVerifier }: Awaited<ReturnType<typeof prepare>>,
  { found, scopes, loopback, fetchFn }: Attempt,
): Promise<SignedIn> {
  const { info, resource, server } = found;
  const { authorizationServerUrl, authorizationServerMetadata: metadata } = info;
  const iss = callback.get('iss') ?? undefined;
  // Before anything else of the answer is read (RFC 9207).
  validateAuthorizationResponseIssuer({
    iss,
    expectedIssuer: metadata?.issuer,
    issParameterSupported: metadata?.authorization_response_iss_parameter_supported === true,
  });
  const authorizationCode = callback.get('code');
  if (authorizationCode === null) throw new Refused(server, callback);
  const answer = await exchangeAuthorization(authorizationServerUrl, {
    ...(metadata && { metadata }),
    clientInformation,
    authorizationCode,
    ...(iss !== undefined && { iss }),
    codeVerifier,
    redirectUri: loopback.redirectUrl,
    ...(resource !== undefined && { resource }),
    fetchFn,
  });
  return { tokens: tokensOf(answer, scopes), origin: originOf(info, clientInformation, resource) };
}

async function authorize(
  options: SignInOptions,
  found: ProtectedServer,
  scopes: readonly string[],
  fetchFn: FetchLike,
): Promise<SignedIn> {
  const loopback = await openLoopback(options.port);
  try {
    const attempt: Attempt = { options, found, scopes, loopback, fetchFn };
    const prepared = await prepare(attempt);
    const callback = await options.visit({
      url: prepared.authorizationUrl,
      redirectUrl: loopback.redirectUrl,
      answered: loopback.answered,
      readPasted: (address) => readPasted(address, (parameters) => isAnswer(parameters, loopback.state)),
    });
    options.signal.throwIfAborted();
    return await redeem(callback, prepared, attempt);
  } finally {
    loopback.close();
  }
}

/**
 * Scalekit gives a refresh token to whoever asks for `offline_access`, though no metadata lists it
 * (docs/scalekit.md#scopes-and-refresh-tokens). An authorization server that does not know it is asked again without.
 */
async function authorizeFor(options: SignInOptions, fetchFn: FetchLike): Promise<SignedIn> {
  const found = await discover(options.server, fetchFn);
  const scopes = options.scopes(found);
  if (!options.stayConnected) return authorize(options, found, scopes, fetchFn);
  try {
    return await authorize(options, found, withOfflineAccess(scopes), fetchFn);
  } catch (error) {
    if (!(error instanceof Refused) || error.error !== 'invalid_scope') throw error;
    return authorize(options, found, scopes, fetchFn);
  }
}

/**
 * Signs a person in at the authorization server that an MCP server names, with the authorization code flow, PKCE and a loopback
 * redirect (MCP 2025-11-25, authorization; RFC 8252). Nothing is kept here.
 * @throws UserError if it does not come to an end; what aborted the signal.
 */
export async function signIn(options: SignInOptions): Promise<SignedIn> {
  try {
    return await authorizeFor(options, fetchWithin(options.signal));
  } catch (error) {
    options.signal.throwIfAborted();
    throw signInError(options.server, error);
  }
}
