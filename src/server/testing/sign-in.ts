// A person at an MCP client: what the client keeps of them, and the browser in which they sign in.

const redirectUrl = 'http://127.0.0.1:33418/callback';

/** A token that a client has from before. */
interface KnownToken {
  readonly access_token: string;
  readonly issuer: string;
  readonly scope: string;
}

/**
 * The `authProvider` of the official MCP client, kept in memory, with a browser instead of a person's: the local Scalekit
 * has to approve by itself (`autoApprove: true`).
 *
 * @example
 * const signIn = new SignIn();
 * const transport = new StreamableHTTPClientTransport(new URL(server.endpoint), { authProvider: signIn });
 * await assert.rejects(client.connect(transport), UnauthorizedError);
 * await transport.finishAuth(await signIn.approve());
 */
export class SignIn {
  readonly redirectUrl = redirectUrl;
  readonly clientMetadata = { client_name: 'Test client', redirect_uris: [redirectUrl] };
  /** Where the client sent the browser last. */
  authorizationUrl: URL | undefined;
  readonly #kept = new Map<string, unknown>();

  /** @param token one that the client has already; none by default. */
  constructor(token?: KnownToken) {
    this.#kept.set('tokens', token && { token_type: 'Bearer', ...token });
  }

  /** Does what the person does in the browser. @returns what the browser brings back to the client. */
  async approve(): Promise<URLSearchParams> {
    if (this.authorizationUrl === undefined) throw new Error('The client has not sent anyone to sign in');
    return await browse(this.authorizationUrl);
  }

  // What the client asks of its owner. It knows the types of what it gives; here it is only kept.
  readonly clientInformation = () => this.#kept.get('client') as never;
  readonly saveClientInformation = (client: unknown) => void this.#kept.set('client', client);
  readonly tokens = () => this.#kept.get('tokens') as never;
  readonly saveTokens = (tokens: unknown) => void this.#kept.set('tokens', tokens);
  readonly discoveryState = () => this.#kept.get('discovery') as never;
  readonly saveDiscoveryState = (state: unknown) => void this.#kept.set('discovery', state);
  readonly codeVerifier = () => String(this.#kept.get('verifier'));
  readonly saveCodeVerifier = (verifier: string) => void this.#kept.set('verifier', verifier);
  readonly redirectToAuthorization = (url: URL) => {
    this.authorizationUrl = url;
  };
}

async function browse(url: URL, cookies = ''): Promise<URLSearchParams> {
  const response = await fetch(url, { redirect: 'manual', headers: { cookie: cookies } });
  const next = new URL(response.headers.get('location') ?? '', url);
  if (next.href.startsWith(redirectUrl)) return next.searchParams;
  if (next.href === url.href)
    throw new Error(`${url.origin} did not approve: it answered ${response.status}`);
  const set = response.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]);
  return await browse(next, [cookies, ...set].filter(Boolean).join('; '));
}
