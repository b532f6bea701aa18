// What the official MCP client does, from knowing only the URL to a tool's answer.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import type { Tool } from 'scalekit-mcp-server';
import { SignIn } from 'scalekit-mcp-server/testing';
import { scopes } from '../src/scopes.ts';
import { tools } from '../src/tools/index.ts';
import { startServer, type TestServer } from './support.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** A tool that needs a token. */
const guarded = tools.find(({ isPublic }) => !isPublic);

for (const mode of ['legacy', 'auto'] as const) {
  describe(`a client of ${mode === 'auto' ? '2026' : '2025'}`, () => {
    const newClient = () => new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
    const call = (client: Client, { listing: { name } }: Tool) => client.callTool({ name, arguments: {} });

    it('signs in and lists the tools', { skip: guarded === undefined }, async () => {
      const signIn = new SignIn();
      const open = () =>
        new StreamableHTTPClientTransport(new URL(server.endpoint), { authProvider: signIn });

      const refused = open();
      const enter = async () => {
        const newcomer = newClient();
        await newcomer.connect(refused);
        // With public tools, connecting needs no token.
        if (guarded) await call(newcomer, guarded);
      };
      await assert.rejects(enter, UnauthorizedError);
      await refused.finishAuth(await signIn.approve());
      const asked = signIn.authorizationUrl?.searchParams.get('scope')?.split(' ') ?? [];
      for (const scope of scopes.base) assert.ok(asked.includes(scope), scope);

      const client = newClient();
      await client.connect(open());
      const listed = (await client.listTools()).tools.map(({ name }) => name);
      assert.deepEqual(
        listed,
        tools.map(({ listing }) => listing.name),
      );
      const [first] = tools.filter((tool) => tool.scopes.every((scope) => asked.includes(scope)));
      // Without arguments it may answer that some are missing; a refusal would throw.
      if (first) assert.ok((await call(client, first)).content);
      await client.close();
    });
  });
}
