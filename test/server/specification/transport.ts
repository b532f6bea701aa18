// The Streamable HTTP transport: `basic/transports/streamable-http`.
import { expect } from 'vitest';
import { paramHeadersOf } from '../../../src/server/param-headers.ts';
import { send } from '../../../src/server/testing/index.ts';
import {
  ask,
  call,
  type Different,
  type Ground,
  messagesIn,
  nextWait,
  requestOf,
  type Statement,
} from './ground.ts';

const page = 'basic/transports/streamable-http';
const mismatch = { status: 400, json: { error: { code: -32_020 } } };

/** The text that a server finds in a header which is sent in UTF-8: Node.js reads each byte as a character. */
const arriving = (text: string) => Buffer.from(text).toString('latin1');
const encoded = (text: string) => `=?base64?${Buffer.from(text).toString('base64')}?=`;
const route = (ground: Ground, args: object, headers: Different['headers'] = {}) =>
  ask(ground, 'tools/call', call('routed', args), { headers });

export const transport: readonly Statement[] = [
  {
    page,
    level: 'MUST',
    says: 'One endpoint takes POST. A wrong `Origin` is HTTP 403.',
    async held(ground) {
      for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example'])
        expect((await ask(ground, 'tools/list', {}, { headers: { origin } })).status, origin).toBe(403);
      expect(
        (await ask(ground, 'tools/list', {}, { headers: { origin: ground.url.slice(0, -1) } })).status,
      ).toBe(200);
    },
  },
  {
    page,
    level: 'SHOULD',
    says: 'On a developer’s machine it listens on loopback alone.',
    held: 'test/security/connections.test.ts',
  },
  {
    page,
    level: 'MUST',
    says: 'The body is one request or notification: anything else is refused. An accepted notification is HTTP 202 without a body.',
    async held({ endpoint, token }) {
      const { headers, body } = requestOf('tools/list');
      for (const wrong of ['[]', '{', '1', 'null', JSON.stringify([body, body])])
        expect((await send(endpoint, { token, headers, body: wrong })).status, wrong).toBe(400);
    },
  },
  {
    page,
    level: 'MUST',
    says: 'A request is answered with `application/json`, or with `text/event-stream`.',
    async held(ground) {
      const plain = await ask(ground, 'tools/call', call('echo'));
      expect(plain.headers['content-type']).toMatch(/^application\/json/);
      const streamed = await withProgress(ground, 'steps', 'p');
      expect(streamed.headers['content-type']).toMatch(/^text\/event-stream/);
    },
  },
  {
    page,
    level: 'MUST',
    says: 'A stream has notifications of its own request, no requests, and ends with the response.',
    async held(ground) {
      const messages = messagesIn((await withProgress(ground, 'steps', 'p')).text);
      for (const message of messages.slice(0, -1)) {
        expect(message).toMatchObject({ method: 'notifications/progress', params: { progressToken: 'p' } });
        expect(message).not.toHaveProperty('id');
      }
      expect(messages.at(-1)).toMatchObject({ id: 1, result: { content: [{ text: 'done' }] } });
    },
  },
  {
    page,
    level: 'SHOULD',
    says: 'A stream is sent with `X-Accel-Buffering: no`.',
    async held(ground) {
      expect((await withProgress(ground, 'steps', 'p')).headers['x-accel-buffering']).toBe('no');
    },
  },
  {
    page,
    level: 'MUST',
    says: 'A client that closes the stream cancels the request: the work is told to stop.',
    async held({ endpoint, token }) {
      const waiting = nextWait();
      const hangUp = new AbortController();
      const { headers, body } = requestOf('tools/call', call('waits'));
      const answer = fetch(endpoint, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
        signal: hangUp.signal,
      });
      const signal = await waiting;
      const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve));
      hangUp.abort();
      await expect(answer).rejects.toThrow();
      await stopped;
    },
  },
  {
    page,
    level: 'MUST',
    says: '`MCP-Protocol-Version`, `Mcp-Method` and `Mcp-Name` are there and say what the body does: otherwise -32020 and HTTP 400.',
    async held(ground) {
      const asked = (headers: NonNullable<Different['headers']>) =>
        ask(ground, 'tools/call', call('echo'), { headers });
      for (const headers of [
        { 'mcp-protocol-version': undefined },
        { 'mcp-protocol-version': '2025-11-25' },
        { 'mcp-method': undefined },
        { 'mcp-method': 'tools/list' },
        { 'mcp-method': 'TOOLS/CALL' },
        { 'mcp-name': undefined },
        { 'mcp-name': 'both' },
        { 'mcp-name': 'ECHO' },
        { 'mcp-name': '=?base64?%%%?=' },
        { 'mcp-name': encoded('both') },
      ])
        expect(await asked(headers), JSON.stringify(headers)).toMatchObject(mismatch);
      for (const [method, params] of [
        ['resources/read', { uri: 'note://1' }],
        ['prompts/get', call('review', { style: 'short' })],
      ] as const)
        for (const headers of [
          { 'mcp-name': undefined },
          { 'mcp-name': 'other' },
          { 'mcp-method': 'tools/call' },
        ])
          expect(await ask(ground, method, params, { headers }), method).toMatchObject(mismatch);
    },
  },
  {
    page,
    level: 'MUST',
    says: '`Mcp-Name` and `Mcp-Param-…` may come as `=?base64?…?=`, and are decoded before they are compared.',
    async held(ground) {
      const name = { 'mcp-name': encoded('echo') };
      expect((await ask(ground, 'tools/call', call('echo'), { headers: name })).status).toBe(200);
      for (const region of ['us', 'Hello, 世界', ' padded ', '=?base64?literal?=']) {
        const answer = await route(ground, { region }, { 'mcp-param-region': encoded(region) });
        expect(answer.status, region).toBe(200);
      }
    },
  },
  {
    page,
    level: 'MUST',
    says: 'A header with characters that none may have is refused with -32020, even if the body has the same.',
    async held(ground) {
      expect(
        await route(ground, { region: arriving('Zürich') }, { 'mcp-param-region': 'Zürich' }),
      ).toMatchObject(mismatch);
      const headers = { 'mcp-name': 'note://é' };
      const uri = arriving('note://é');
      expect(await ask(ground, 'resources/read', { uri }, { headers })).toMatchObject(mismatch);
      for (const name of ['é', 'e\u0080'])
        expect(
          await ask(ground, 'tools/call', call(arriving(name)), { headers: { 'mcp-name': name } }),
        ).toMatchObject(mismatch);
      expect(await route(ground, { region: 'x' }, { 'mcp-param-region': '=?base64?%?=' })).toMatchObject(
        mismatch,
      );
    },
  },
  {
    page,
    level: 'MUST',
    says: 'An `Mcp-Param-…` header says what its argument does: it is refused if it differs, if it is missing, and if there is no such argument.',
    async held(ground) {
      const right = { 'mcp-param-region': 'us', 'mcp-param-count': '42', 'mcp-param-flag': 'true' };
      const args = { region: 'us', count: 42, deep: { flag: true } };
      expect((await route(ground, args, right)).status).toBe(200);
      for (const name of Object.keys(right)) {
        expect(await route(ground, args, { ...right, [name]: undefined }), name).toMatchObject(mismatch);
        expect(await route(ground, args, { ...right, [name]: 'other' }), name).toMatchObject(mismatch);
      }
      expect(await route(ground, {}, { 'mcp-param-region': 'us' })).toMatchObject(mismatch);
      expect(await route(ground, { region: null }, { 'mcp-param-region': 'us' })).toMatchObject(mismatch);
    },
  },
  {
    page,
    level: 'MUST',
    says: 'Without the argument, or if it is null, no `Mcp-Param-…` header is expected; one that no tool declares is ignored.',
    async held(ground) {
      for (const args of [{}, { region: null }])
        expect((await route(ground, args, { 'mcp-param-unknown': 'x' })).status).toBe(200);
    },
  },
  {
    page,
    level: 'SHOULD',
    says: 'Whole numbers are compared as numbers: `42.0` is 42.',
    async held(ground) {
      expect((await route(ground, { count: 42 }, { 'mcp-param-count': '42.0' })).status).toBe(200);
    },
  },
  {
    page: 'server/tools',
    level: 'MUST',
    says: '`x-mcp-header` is a token that no other property of the tool has, on a text, a whole number or a boolean that only `properties` lead to.',
    held() {
      const text = { type: 'string' };
      const on = (properties: object) => ({ type: 'object', properties });
      for (const wrong of [
        on({ a: { ...text, 'x-mcp-header': '' } }),
        on({ a: { ...text, 'x-mcp-header': 'a b' } }),
        on({ a: { ...text, 'x-mcp-header': 'a\r\nb' } }),
        on({ a: { ...text, 'x-mcp-header': 'Same' }, b: { ...text, 'x-mcp-header': 'same' } }),
        on({ a: { type: 'number', 'x-mcp-header': 'A' } }),
        on({ a: { type: 'array', items: { ...text, 'x-mcp-header': 'A' } } }),
        on({ a: { anyOf: [{ ...text, 'x-mcp-header': 'A' }] } }),
      ])
        expect(() => paramHeadersOf('a tool', wrong), JSON.stringify(wrong)).toThrow(TypeError);
      expect(paramHeadersOf('a tool', on({ a: on({ b: { ...text, 'x-mcp-header': 'A' } }) }))).toHaveLength(
        1,
      );
    },
  },
  {
    page,
    level: 'MUST',
    says: 'A method that is not there is -32601 and HTTP 404: so are those that 2026-07-28 has taken away.',
    async held(ground) {
      for (const method of [
        'no/such',
        'ping',
        'initialize',
        'logging/setLevel',
        'resources/subscribe',
        'TOOLS/LIST',
      ])
        expect(await ask(ground, method), method).toMatchObject({
          status: 404,
          json: { id: 1, error: { code: -32_601 } },
        });
    },
  },
  {
    page,
    level: 'SHOULD',
    says: 'GET and DELETE are HTTP 405. `Mcp-Session-Id` and `Last-Event-ID` are ignored, and no session is given.',
    async held(ground) {
      const { endpoint, token } = ground;
      for (const method of ['GET', 'DELETE', 'PUT'])
        expect((await send(endpoint, { method, token })).status, method).toBe(405);
      const old = { 'mcp-session-id': 'x', 'last-event-id': '1' };
      for (const [method, params] of [
        ['tools/list', {}],
        ['tools/call', call('echo')],
      ] as const) {
        const { status, headers } = await ask(ground, method, params, { headers: old });
        expect([status, headers['mcp-session-id']]).toEqual([200, undefined]);
      }
    },
  },
];

/** A call whose client asks for progress. */
export async function withProgress(ground: Ground, name: string, progressToken: unknown) {
  const { body } = requestOf('tools/call', call(name));
  return await ask(ground, 'tools/call', call(name), {
    meta: { ...(body.params._meta as object), progressToken },
  });
}
