// The whole way of an MCP client, with the official one: from knowing only the URL to a tool's answer.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  Client,
  type OAuthClientProvider,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { baseScopes } from '../src/scopes.ts';
import { tools } from '../src/tools/index.ts';
import { startServer, type TestServer } from './support.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

const redirectUrl = 'http://127.0.0.1:33418/callback';

/** What an MCP client keeps of one user, in memory. */
class Credentials implements OAuthClientProvider {
  readonly redirectUrl = redirectUrl;
  readonly clientMetadata = { client_name: 'Test client', redirect_uris: [redirectUrl] };
  /** Where the user's browser is sent. */
  authorizationUrl: URL | undefined;
  readonly #kept = new Map<string, unknown>();

  constructor(tokens?: { access_token: string; issuer: string; scope: string }) {
    this.#kept.set('tokens', tokens && { token_type: 'Bearer', ...tokens });
  }

  clientInformation = () => this.#kept.get('client') as never;
  saveClientInformation = (client: unknown) => void this.#kept.set('client', client);
  tokens = () => this.#kept.get('tokens') as never;
  saveTokens = (tokens: unknown) => void this.#kept.set('tokens', tokens);
  discoveryState = () => this.#kept.get('discovery') as never;
  saveDiscoveryState = (state: unknown) => void this.#kept.set('discovery', state);
  codeVerifier = () => String(this.#kept.get('verifier'));
  saveCodeVerifier = (verifier: string) => void this.#kept.set('verifier', verifier);
  redirectToAuthorization = (url: URL) => {
    this.authorizationUrl = url;
  };
}

/** Follows a browser's way: the local Scalekit approves by itself, and sends the browser back with a code. */
async function browse(url: URL, cookies = ''): Promise<URLSearchParams> {
  const response = await fetch(url, { redirect: 'manual', headers: { cookie: cookies } });
  const next = new URL(response.headers.get('location') ?? '', url);
  if (next.href.startsWith(redirectUrl)) return next.searchParams;
  const set = response.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]);
  return await browse(next, [cookies, ...set].filter(Boolean).join('; '));
}

/** Does what asks for authorization; authorizes; does it again. @returns where the browser was sent. */
async function authorizing(
  credentials: Credentials,
  transport: StreamableHTTPClientTransport,
  act: () => Promise<void>,
) {
  await assert.rejects(act, UnauthorizedError);
  assert.ok(credentials.authorizationUrl);
  await transport.finishAuth(await browse(credentials.authorizationUrl));
  return credentials.authorizationUrl;
}

// The tool, its arguments and what it answers are this server's affair: here it counts that it is reached, with the
// scopes that a client asks for at first.
const tool = tools.find(
  ({ scopes }) => scopes.length > 0 && scopes.every((scope) => baseScopes.includes(scope)),
);
const name = tool?.listing.name ?? '';

for (const mode of ['legacy', 'auto'] as const) {
  describe(`a client of ${mode === 'auto' ? '2026' : '2025'}`, () => {
    const newClient = () => new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });

    it('finds its way from the URL to a tool', async () => {
      const credentials = new Credentials();
      const open = () =>
        new StreamableHTTPClientTransport(new URL(server.endpoint), { authProvider: credentials });

      const first = open();
      const url = await authorizing(credentials, first, () => newClient().connect(first));
      assert.equal(url.searchParams.get('resource'), server.endpoint);
      assert.equal(url.searchParams.get('code_challenge_method'), 'S256');
      const asked = new Set(url.searchParams.get('scope')?.split(' '));
      for (const scope of baseScopes) assert.ok(asked.has(scope), scope);

      const client = newClient();
      await client.connect(open());
      assert.equal(client.getProtocolEra(), mode === 'auto' ? 'modern' : 'legacy');
      const { tools: listed } = await client.listTools();
      assert.deepEqual(
        listed.map((each) => each.name),
        tools.map((each) => each.listing.name),
      );
      if (tool) assert.ok((await client.callTool({ name, arguments: {} })).content);
      await client.close();
    });

    it('comes back with more scopes when a tool needs them', { skip: !tool }, async () => {
      const { mint, url: environment, resourceId } = server.scalekit;
      const issuer = `${environment}/resources/${resourceId}`;
      const credentials = new Credentials({ access_token: await mint({ scopes: [] }), issuer, scope: '' });
      const transport = new StreamableHTTPClientTransport(new URL(server.endpoint), {
        authProvider: credentials,
      });
      const client = newClient();
      await client.connect(transport);
      const call = async () => void (await client.callTool({ name, arguments: {} }));
      const url = await authorizing(credentials, transport, call);
      for (const scope of tool?.scopes ?? [])
        assert.match(url.searchParams.get('scope') ?? '', new RegExp(scope));
      await call();
      await client.close();
    });
  });
}
