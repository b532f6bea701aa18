import * as oauth from 'oauth4webapi';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import { serverUrls } from '../../src/scalekit/index.ts';

import { Browser, locationOf } from '../support/browser.ts';

export { answerConsent, Browser, Form, locationOf, openConsent } from '../support/browser.ts';

/** The emulator speaks http, on loopback. */
export const insecure = { [oauth.allowInsecureRequests]: true } as const;

export const redirectUri = 'http://localhost:6274/oauth/callback';

/** Runs an emulator for the length of a test. */
export async function withEmulator<T>(
  options: EmulatorOptions,
  use: (emulator: Emulator) => Promise<T>,
): Promise<T> {
  const emulator = await startEmulator(options);
  try {
    return await use(emulator);
  } finally {
    await emulator.close();
  }
}

/** Discovers the authorization server as a client does, checking the issuer. */
export async function discover(
  emulator: Pick<Emulator, 'url' | 'resourceId'>,
): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(`${emulator.url}/resources/${emulator.resourceId}`);
  const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
  return oauth.processDiscoveryResponse(issuer, response);
}

/** Registers a public client. */
export async function register(
  server: oauth.AuthorizationServer,
  metadata: Partial<oauth.Client> = {},
): Promise<oauth.Client> {
  const response = await oauth.dynamicClientRegistrationRequest(
    server,
    {
      client_name: 'A client',
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'none',
      ...metadata,
    },
    insecure,
  );
  return oauth.processDynamicClientRegistrationResponse(response);
}

/** An authorization request and what is needed to finish it. */
export interface Request {
  readonly url: URL;
  readonly verifier: string;
  readonly state: string;
}

/** Builds an authorization request with PKCE; parameters that are undefined are left out. */
export async function authorizationRequest(
  emulator: Emulator,
  server: oauth.AuthorizationServer,
  clientId: string,
  parameters: Readonly<Record<string, string | undefined>> = {},
): Promise<Request> {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint ?? '');
  const all: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    scope: emulator.scopes.join(' '),
    resource: serverUrls(emulator.mcpUrl).endpoint,
    ...parameters,
  };
  for (const [name, value] of Object.entries(all)) if (value !== undefined) url.searchParams.set(name, value);
  return { url, verifier, state };
}

/** Exchanges the code that came back for tokens. */
export async function exchange(
  server: oauth.AuthorizationServer,
  client: oauth.Client,
  request: Request,
  callback: URL,
  parameters: Record<string, string> = {},
): Promise<oauth.TokenEndpointResponse> {
  const checked = oauth.validateAuthResponse(server, client, callback, request.state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    checked,
    request.url.searchParams.get('redirect_uri') ?? redirectUri,
    request.verifier,
    { additionalParameters: parameters, ...insecure },
  );
  return oauth.processAuthorizationCodeResponse(server, client, response);
}

/**
 * Walks from registration to the tokens, at an emulator that approves by itself.
 * @param parameters of the authorization request.
 * @param metadata of the client.
 */
export async function connect(
  emulator: Emulator,
  parameters: Readonly<Record<string, string | undefined>> = {},
  metadata: Partial<oauth.Client> = {},
) {
  const server = await discover(emulator);
  const client = await register(server, metadata);
  const request = await authorizationRequest(emulator, server, client.client_id, parameters);
  const callback = locationOf(await new Browser().open(request.url));
  return { server, client, request, callback, tokens: await exchange(server, client, request, callback) };
}

/** Exchanges a refresh token for new tokens. */
export async function refresh(
  { server, client }: { readonly server: oauth.AuthorizationServer; readonly client: oauth.Client },
  refreshToken: string | undefined,
  additionalParameters: Record<string, string> = {},
): Promise<oauth.TokenEndpointResponse> {
  const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken ?? '', {
    additionalParameters,
    ...insecure,
  });
  return oauth.processRefreshTokenResponse(server, client, response);
}

/** @returns a token's claims, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}
