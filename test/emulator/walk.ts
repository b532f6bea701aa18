import * as oauth from 'oauth4webapi';
import { expect } from 'vitest';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import { serverUrls } from '../../src/scalekit/index.ts';

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
export async function discover(emulator: Emulator): Promise<oauth.AuthorizationServer> {
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

/** A browser without a screen: keeps cookies by path, follows no redirect by itself. */
export class Browser {
  readonly #cookies: { name: string; value: string; path: string }[] = [];

  async open(
    url: string | URL,
    form?: URLSearchParams,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const { pathname } = new URL(url);
    const cookie = this.#cookies
      .filter(({ path }) => pathname.startsWith(path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { accept: 'text/html', cookie, ...headers },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    });
    for (const line of response.headers.getSetCookie()) this.#remember(line);
    return response;
  }

  #remember(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split('=', 2);
    const path = attributes.find((each) => each.startsWith('path='))?.slice(5) ?? '/';
    const index = this.#cookies.findIndex((cookie) => cookie.name === name && cookie.path === path);
    if (index >= 0) this.#cookies.splice(index, 1);
    if (value !== '') this.#cookies.push({ name, value, path });
  }
}

/** @returns where a redirect goes. */
export function locationOf(response: Response): URL {
  expect(response.status).toBeGreaterThanOrEqual(302);
  expect(response.status).toBeLessThanOrEqual(303);
  return new URL(response.headers.get('location') ?? '', response.url);
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

/** @returns a token's claims, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

/** A form of a page, as a browser would send it. */
export class Form {
  readonly action: URL;
  readonly page: string;
  readonly #fields: { name: string; value: string; type: string; checked: boolean }[];

  /** Reads the page's only form. The markup is our own, so that patterns are enough. */
  constructor(page: string, url: string) {
    this.page = page;
    this.action = new URL(url);
    this.#fields = [...page.matchAll(/<input type="(\w+)" name="(\w+)" value="([^"]*)"( checked)?>/g)].map(
      ([, type = '', name = '', value = '', checked]) => ({
        type,
        name,
        value,
        checked: checked !== undefined,
      }),
    );
  }

  static async of(response: Response): Promise<Form> {
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    return new Form(await response.text(), response.url);
  }

  /** The values of a name that are ticked or selected. */
  chosen(name: string): readonly string[] {
    return this.#fields.filter((field) => field.name === name && field.checked).map((field) => field.value);
  }

  /** All values that a name can have. */
  offered(name: string): readonly string[] {
    return this.#fields.filter((field) => field.name === name).map((field) => field.value);
  }

  untick(value: string): this {
    for (const field of this.#fields) if (field.value === value) field.checked = false;
    return this;
  }

  select(value: string): this {
    for (const field of this.#fields) if (field.type === 'radio') field.checked = field.value === value;
    return this;
  }

  /** What the browser sends when a button is pressed. */
  press(decision: 'allow' | 'deny'): URLSearchParams {
    const body = new URLSearchParams();
    for (const { name, value, checked } of this.#fields) if (checked) body.append(name, value);
    body.append('decision', decision);
    return body;
  }
}
