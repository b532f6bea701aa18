import { describe, expect, test } from 'vitest';
import { send } from '../../../src/server/testing/index.ts';
import type { Ground } from '../../security/server.ts';

/** What clients find before they have a token: metadata, health, and what is not there. */
export function describeDiscovery(ground: () => Ground): void {
  const at = (path: string) => new URL(path, ground().server.endpoint).href;

  describe('discovery', () => {
    test.each(['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp'])(
      '%s (RFC 9728)',
      async (path) => {
        const answer = await send(at(path), { headers: { origin: 'https://client.example' } });
        expect(answer.status).toBe(200);
        expect(answer.headers['content-type']).toMatch(/^application\/json/);
        expect(answer.headers['access-control-allow-origin']).toBe('*');
        const { emulator, server } = ground();
        expect(answer.json).toMatchObject({
          resource: server.endpoint,
          authorization_servers: [`${emulator.url}/resources/${emulator.resourceId}`],
          bearer_methods_supported: ['header'],
          scopes_supported: ['todo:read', 'todo:write'],
          resource_name: expect.any(String),
        });
      },
    );

    test('the authorization server’s metadata is passed on, for clients of 2025-03-26', async () => {
      const answer = await send(at('/.well-known/oauth-authorization-server'));
      expect(answer.status).toBe(200);
      const { emulator } = ground();
      const own = await send(
        `${emulator.url}/.well-known/oauth-authorization-server/resources/${emulator.resourceId}`,
      );
      expect(answer.json).toEqual(own.json);
    });

    test.each(['/healthz', '/readyz'])('%s', async (path) => {
      const answer = await send(at(path));
      expect(answer.status).toBe(200);
      const head = await fetch(at(path), { method: 'HEAD' });
      expect({ status: head.status, text: await head.text() }).toEqual({ status: 200, text: '' });
    });

    test.each(['/', '/mcp/mcp', '/MCP', '/mcp%2f', '/.well-known/openid-configuration', '/nothing'])(
      '%s is 404',
      async (path) => {
        const answer = await send(at(path));
        expect(answer.status).toBe(404);
        expect(answer.headers['x-content-type-options']).toBe('nosniff');
      },
    );
  });
}
