import { describe, expect, test } from 'vitest';
import { send } from '../../../src/server/testing/index.ts';
import type { Ground } from '../../security/server.ts';
import { eras } from './requests.ts';

const list = eras[0]?.call('tools/list') ?? {};

/** How a server answers HTTP requests other than a client's plain call. */
export function describeHttp(ground: () => Ground): void {
  const mint = () => ground().emulator.mint();
  const post = async (more: Parameters<typeof send>[1]) =>
    send(ground().server.endpoint, {
      ...list,
      token: await mint(),
      ...more,
      headers: { ...list.headers, ...more?.headers },
    });

  describe('HTTP', () => {
    test.each(['GET', 'DELETE', 'PUT', 'PATCH'])('%s: 405 with the allowed methods', async (method) => {
      const answer = await send(ground().server.endpoint, { method, token: await mint() });
      expect(answer.status).toBe(405);
      expect(answer.headers.allow).toMatch(/\bPOST\b/);
    });

    test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io'])(
      'Host %s is refused (DNS rebinding)',
      async (host) => {
        const answer = await post({ headers: { host } });
        expect([400, 403, 421]).toContain(answer.status);
        expect(answer.json.error.data.reason).toBe('foreign_host');
      },
    );

    test.each(['http://evil.example', 'null', 'https://localhost.evil.example'])(
      'Origin %s is refused',
      async (origin) => {
        const answer = await post({ headers: { origin } });
        expect(answer.status).toBe(403);
        expect(answer.json.error.data.reason).toBe('foreign_origin');
      },
    );

    test('a page on this machine may call, and read the headers that it needs', async () => {
      const origin = 'http://localhost:6274';
      const preflight = await send(ground().server.endpoint, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers':
            'authorization,content-type,mcp-protocol-version,mcp-method,mcp-name',
        },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers['access-control-allow-origin']).toBe(origin);
      const allowed = String(preflight.headers['access-control-allow-headers']).toLowerCase();
      for (const name of ['authorization', 'content-type', 'mcp-protocol-version', 'mcp-method', 'mcp-name'])
        expect(allowed).toContain(name);
      const refused = await send(ground().server.endpoint, { ...list, headers: { ...list.headers, origin } });
      expect(refused.status).toBe(401);
      expect(refused.headers['access-control-allow-origin']).toBe(origin);
      expect(String(refused.headers['access-control-expose-headers']).toLowerCase()).toContain(
        'www-authenticate',
      );
    });

    test.each([
      ['text', '{'],
      ['an array: batches are of a version that nobody speaks', '[]'],
      ['a text', '"tools/list"'],
      ['no JSON-RPC', '{"method":"tools/list","id":1}'],
    ])('a body that is %s: 400', async (_what, body) => {
      const answer = await post({ body });
      expect(answer.status).toBe(400);
      expect(answer.json).toMatchObject({ jsonrpc: '2.0', error: { code: expect.any(Number) } });
    });

    test('a body of more than MAX_BODY_BYTES: 413', async () => {
      const answer = await post({
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'x', a: 'x'.repeat(66_000) }),
      });
      expect(answer.status).toBe(413);
      expect(answer.json.error.data.reason).toBe('body_size');
    });

    test('another type of body: 415', async () => {
      const answer = await post({ headers: { 'content-type': 'text/plain' } });
      expect(answer.status).toBe(415);
    });

    test('an unknown method gets JSON-RPC’s error', async () => {
      const answer = await post(eras[0]?.call('no/such/method') ?? {});
      expect(answer.json.error.code).toBe(-32_601);
    });

    test('an unknown tool is an error of the call', async () => {
      const answer = await post(eras[0]?.call('tools/call', { name: 'no_such_tool' }) ?? {});
      expect(answer.text).toMatch(/"code":-32602|"isError":true/);
    });

    test('answers have the headers that protect browsers', async () => {
      const answer = await post({});
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
      expect(answer.headers.server).toBeUndefined();
      expect(answer.headers['x-powered-by']).toBeUndefined();
    });
  });
}
