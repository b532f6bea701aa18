import { describe, expect, onTestFinished, test } from 'vitest';
import type { Ground } from '../../security/server.ts';
import { McpClient, officialClients, scopesAsked } from '../../support/mcp-client.ts';

/** The official clients, from the bare URL: discovery, registration, consent, token, call, step-up. */
export function describeClients(ground: () => Ground): void {
  describe.each(officialClients)('$title', (official) => {
    const open = async (person: ConstructorParameters<typeof McpClient>[2]) => {
      const client = new McpClient(official, ground().server.endpoint, person);
      onTestFinished(() => client.close());
      await client.connect();
      return client;
    };

    test('walks from the URL to a call', async () => {
      const client = await open({});
      expect(client.protocolVersion).toBe(official.version);
      expect(scopesAsked(client.destinations[0])).toEqual(
        expect.arrayContaining(['todo:read', 'todo:write']),
      );
      expect(await client.toolNames()).toHaveLength(5);
      const { isError, structuredContent } = await client.callTool('create_todo', { title: official.title });
      expect(isError ?? false).toBe(false);
      expect(structuredContent).toMatchObject({ todo: { title: official.title } });
      expect(client.destinations).toHaveLength(1);
    });

    test('asks for more scopes if a tool needs them', async () => {
      const client = await open({ grants: ['todo:read'] });
      expect((await client.callTool('list_todos')).isError ?? false).toBe(false);
      client.person = {};
      const { structuredContent } = await client.callTool('create_todo', { title: 'stepped up' });
      expect(structuredContent).toMatchObject({ todo: { title: 'stepped up' } });
      expect(scopesAsked(client.destinations[1])).toEqual(
        expect.arrayContaining(['todo:read', 'todo:write']),
      );
    });
  });
}
