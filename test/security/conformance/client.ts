// The client whose conformance is measured: the code of `scalekit-mcp token`, `call` and `register`, with a browser that
// allows everything. The suite starts it with a URL, and says in the environment what a person would have been told.
import { setTimeout as delay } from 'node:timers/promises';
import { exchangeJwtAuthGrant, requestJwtAuthorizationGrant } from '@modelcontextprotocol/client';
import { Connection } from '../../../src/develop/call/connection.ts';
import type { ScopeWish, Taken, TokenSource } from '../../../src/develop/token/source.ts';
import { discover, fetchWithin } from '../../../src/sign-in/discover.ts';
import { machineSignIn } from '../../../src/sign-in/renew.ts';
import { type SignedIn, signIn } from '../../../src/sign-in/sign-in.ts';
import { tokensOf } from '../../../src/sign-in/tokens.ts';
import type { Visit } from '../../../src/sign-in/visit.ts';

/** What the suite hands over for a scenario, e.g. a client that is registered already. */
type Handed = Readonly<Record<string, string | undefined>>;

/** The suite's own document; its address is agreed, since a test cannot publish one. */
const documentUrl = 'https://conformance-test.local/client-metadata.json';

/** More sign-ins than any server needs; a server that keeps asking is given up. */
const mostSignIns = 3;

const signal = AbortSignal.timeout(200_000);

/** The page allows at once, and sends the browser back to our own address. */
async function visit({ url, answered }: Visit): Promise<URLSearchParams> {
  const page = await fetch(url, { signal });
  await page.body?.cancel();
  if (!page.ok) throw new Error(`the page of the authorization server is ${page.status}`);
  return Promise.race([
    answered,
    delay(60_000, undefined, { ref: false }).then(() => {
      throw new Error('the browser did not come back');
    }),
  ]);
}

const taken = ({ tokens }: SignedIn): Taken => ({ token: tokens.accessToken, scopes: tokens.scopes });

/** Cross-app access: the identity provider's ID token becomes an ID-JAG, and that an access token. */
async function byIdentityProvider(server: URL, handed: Handed): Promise<Taken> {
  const need = (name: string): string => {
    const value = handed[name];
    if (value === undefined) throw new Error(`the suite has handed over no ${name}`);
    return value;
  };
  const { info, resource } = await discover(server, fetchWithin(signal));
  const { jwtAuthGrant } = await requestJwtAuthorizationGrant({
    tokenEndpoint: need('idp_token_endpoint'),
    audience: info.authorizationServerMetadata?.issuer ?? info.authorizationServerUrl,
    resource: resource ?? server,
    idToken: need('idp_id_token'),
    clientId: need('idp_client_id'),
  });
  const answer = await exchangeJwtAuthGrant({
    tokenEndpoint: info.authorizationServerMetadata?.token_endpoint ?? '',
    jwtAuthGrant,
    clientId: need('client_id'),
    clientSecret: need('client_secret'),
  });
  const { accessToken, scopes } = tokensOf(answer, []);
  return { token: accessToken, scopes };
}

class Source implements TokenSource {
  readonly endpoint: string;
  readonly #scenario: string;
  readonly #handed: Handed;
  #signIns = 0;

  constructor(endpoint: string, scenario: string, handed: Handed) {
    this.endpoint = endpoint;
    this.#scenario = scenario;
    this.#handed = handed;
  }

  async take(wish: ScopeWish): Promise<Taken> {
    if (++this.#signIns > mostSignIns) throw new Error('the server asks for a sign-in again and again');
    const server = new URL(this.endpoint);
    const { client_id: clientId, client_secret: clientSecret } = this.#handed;
    if (this.#scenario === 'auth/enterprise-managed-authorization')
      return byIdentityProvider(server, this.#handed);
    if (this.#scenario.startsWith('auth/client-credentials') && clientId && clientSecret)
      return taken(await machineSignIn({ server, clientId, clientSecret, signal }));
    const id = this.#scenario === 'auth/basic-cimd' ? documentUrl : clientId;
    const wished = wish.kind === 'all' ? [] : wish.scopes;
    const scopes = ({ baseScopes, scopes: listed }: Awaited<ReturnType<typeof discover>>) => {
      const base = baseScopes.length > 0 ? baseScopes : listed;
      return [...new Set([...base, ...wished])];
    };
    return taken(await signIn({ server, scopes, clientName: 'scalekit-mcp', clientId: id, visit, signal }));
  }

  stepUp = (wish: ScopeWish): Promise<Taken> => this.take(wish);

  atHand = async (): Promise<undefined> => undefined;

  replace = (_refused: Taken, wish: ScopeWish): Promise<Taken> => this.take(wish);

  logout = async (): Promise<string> => '';
}

const endpoint = process.argv.at(-1) ?? '';
const handed = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}') as Handed;
const source = new Source(endpoint, process.env.MCP_CONFORMANCE_SCENARIO ?? '', handed);
const connection = new Connection(
  source,
  await source.take({ kind: 'atLeast', scopes: [] }),
  undefined,
  signal,
);
await connection.open();
for (const tool of await connection.tools()) await connection.call(tool, {});
await connection.close();
