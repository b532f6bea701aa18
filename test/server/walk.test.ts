// A whole sign-in with the official client: from just the URL to a tool's answer.
import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { SignIn } from '../../src/server/testing/index.ts';
import { scopes, startTestServer, type TestServer, exampleTools as tools } from './support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** Tries an action that needs authorization, authorizes, and tries again. @returns where the browser was sent. */
async function authorizing(
  credentials: SignIn,
  transport: StreamableHTTPClientTransport,
  act: () => Promise<void>,
) {
  await assert.rejects(act, UnauthorizedError);
  await transport.finishAuth(await credentials.approve());
  assert.ok(credentials.authorizationUrl);
  return credentials.authorizationUrl;
}

const name = 'todo_read';

for (const mode of ['legacy', 'auto'] as const) {
  describe(`a client of ${mode === 'auto' ? '2026' : '2025'}`, () => {
    const newClient = () => new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });

    it('finds its way from the URL to a tool', async () => {
      const credentials = new SignIn();
      const open = () =>
        new StreamableHTTPClientTransport(new URL(server.endpoint), { authProvider: credentials });

      const first = open();
      const url = await authorizing(credentials, first, () => newClient().connect(first));
      assert.equal(url.searchParams.get('resource'), server.endpoint);
      assert.equal(url.searchParams.get('code_challenge_method'), 'S256');
      const asked = new Set(url.searchParams.get('scope')?.split(' '));
      for (const scope of scopes.base) assert.ok(asked.has(scope), scope);

      const client = newClient();
      await client.connect(open());
      assert.equal(client.getProtocolEra(), mode === 'auto' ? 'modern' : 'legacy');
      const { tools: listed } = await client.listTools();
      assert.deepEqual(
        listed.map((each) => each.name),
        tools.map((each) => each.listing.name),
      );
      assert.ok((await client.callTool({ name, arguments: {} })).content);
      await client.close();
    });

    it('comes back with more scopes when a tool needs them', async () => {
      const { mint, url: environment, resourceId } = server.scalekit;
      const issuer = `${environment}/resources/${resourceId}`;
      const credentials = new SignIn({ access_token: await mint({ scopes: [] }), issuer, scope: '' });
      const transport = new StreamableHTTPClientTransport(new URL(server.endpoint), {
        authProvider: credentials,
      });
      const client = newClient();
      await client.connect(transport);
      const call = async () => void (await client.callTool({ name, arguments: {} }));
      const url = await authorizing(credentials, transport, call);
      assert.match(url.searchParams.get('scope') ?? '', /todo:read/);
      await call();
      await client.close();
    });
  });
}
