// Messages, metadata, versions and discovery: `basic`, `basic/versioning`, `server/discover`.
import { expect } from 'vitest';
import { ask, call, envelope, type Ground, keys, revision, type Statement } from './ground.ts';

const page = 'basic';

/** A request of each kind that succeeds. */
export const successes: ReadonlyArray<readonly [method: string, params: object]> = [
  ['server/discover', {}],
  ['tools/list', {}],
  ['tools/call', call('echo')],
  ['resources/list', {}],
  ['resources/templates/list', {}],
  ['resources/read', { uri: 'note://1' }],
  ['prompts/list', {}],
  ['prompts/get', call('review', { style: 'short' })],
  [
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'review' }, argument: { name: 'style', value: 's' } },
  ],
];

/** A request of each kind that fails. */
export async function failures(ground: Ground) {
  const { token: _, ...rest } = ground;
  return await Promise.all([
    ask(ground, 'tools/call', call('nope')),
    ask(ground, 'tools/call', {}),
    ask(ground, 'resources/read', { uri: 'note://none' }),
    ask(ground, 'resources/read', { uri: 'note://broken' }),
    ask(ground, 'prompts/get', call('nope')),
    ask(ground, 'prompts/get', call('broken')),
    ask(ground, 'tools/list', { cursor: 'x' }),
    ask(ground, 'no/such/method'),
    ask(ground, 'tools/call', call('asks')),
    ask(ground, 'tools/list', {}, { meta: { ...envelope(), [keys.version]: '1999-01-01' } }),
    ask(ground, 'tools/call', call('echo'), { headers: { 'mcp-name': 'other' } }),
    ask(ground, 'tools/call', call('echo'), { token: 'garbage' }),
    ask(
      { ...rest, token: await ground.scalekit.mint({ scopes: ['todo:read'] }) },
      'tools/call',
      call('both'),
    ),
    ask(ground, 'tools/list', {}, { headers: { origin: 'https://evil.example' } }),
    ask(ground, 'tools/list', {}, { id: null }),
    ask(ground, 'tools/list', {}, { headers: { 'content-type': 'text/plain' } }),
  ]);
}

export const base: readonly Statement[] = [
  {
    page,
    level: 'MUST',
    says: 'A request has a text or a whole number as its id, never null.',
    async held(ground) {
      for (const id of [null, 1.5, true, {}, [1]]) {
        const { status, json } = await ask(ground, 'tools/call', call('echo'), { id });
        expect([status, json], JSON.stringify(id)).toMatchObject([400, { error: { code: -32_600 } }]);
      }
    },
  },
  {
    page,
    level: 'MUST',
    says: 'A result has the id of its request, and a `resultType`.',
    async held(ground) {
      for (const [method, params] of successes)
        for (const id of [0, -7, 'seven', ''])
          expect((await ask(ground, method, params, { id })).json, method).toMatchObject({
            jsonrpc: '2.0',
            id,
            result: { resultType: 'complete' },
          });
    },
  },
  {
    page,
    level: 'MUST',
    says: 'An error has a whole number as its code, a message, and the id of its request where that could be read.',
    async held(ground) {
      for (const { json } of await failures(ground))
        expect(json).toMatchObject({ error: { code: expect.any(Number), message: expect.any(String) } });
      const lacking = { ...ground, token: await ground.scalekit.mint({ scopes: [] }) };
      const subscription = { notifications: { resourceSubscriptions: ['news://all'] } };
      for (const [method, params] of [
        ['subscriptions/listen', subscription],
        ['tools/call', call('both')],
        ['resources/read', { uri: 'news://all' }],
        ['no/such/method', {}],
      ] as const) {
        const { status, json } = await ask(lacking, method, params, { id: 'mine' });
        expect(status).toBeGreaterThan(399);
        expect(json, method).toMatchObject({ id: 'mine', error: {} });
      }
    },
  },
  {
    page,
    level: 'MUST',
    says: 'Of the codes that are reserved for MCP (-32020 to -32099) only the defined ones are sent, and never -32002 or -32042.',
    async held(ground) {
      for (const code of codesOf(await failures(ground))) {
        expect([-32_002, -32_042]).not.toContain(code);
        if (code <= -32_020 && code >= -32_099) expect([-32_020, -32_021, -32_022]).toContain(code);
      }
    },
  },
  {
    page,
    level: 'SHOULD',
    says: 'Codes for purposes of one’s own are outside of JSON-RPC’s range; none is in -32000 to -32019.',
    async held(ground) {
      for (const code of codesOf(await failures(ground)))
        expect(code > -32_000 || code <= -32_020, String(code)).toBe(true);
    },
  },
  {
    page,
    level: 'MUST',
    says: 'A notification is not answered.',
    async held(ground) {
      const { status, text } = await ask(
        ground,
        'notifications/x',
        {},
        { message: { id: undefined, params: {} } },
      );
      expect([status, text]).toEqual([202, '']);
    },
  },
  {
    page,
    level: 'MUST',
    says: 'Nothing is taken from earlier requests, on the same connection or not: each says what it needs.',
    async held(ground) {
      const forms = { elicitation: {} };
      expect((await ask(ground, 'tools/call', call('asks'), { capabilities: forms })).status).toBe(200);
      expect((await ask(ground, 'tools/call', call('asks'))).status).toBe(400);
    },
  },
  {
    page,
    level: 'MUST',
    says: 'A request without `protocolVersion` or `clientCapabilities` in `_meta` is refused with -32602 and HTTP 400.',
    async held(ground) {
      for (const method of ['tools/list', 'server/discover', 'resources/list', 'prompts/list']) {
        const { [keys.capabilities]: _, ...without } = envelope();
        const { status, json } = await ask(ground, method, {}, { meta: without });
        expect([status, json], method).toMatchObject([400, { error: { code: -32_602 } }]);
      }
      const { [keys.version]: _, ...unversioned } = envelope();
      const { status, json } = await ask(ground, 'tools/list', {}, { meta: unversioned });
      expect([status, json]).toMatchObject([400, { error: { code: -32_602 } }]);
    },
  },
  {
    page,
    level: 'MUST',
    says: 'What needs a capability that the client did not name is refused with -32021 and HTTP 400, and says which.',
    async held(ground) {
      for (const [method, params] of [
        ['tools/call', call('asks')],
        ['resources/read', { uri: 'guarded://1' }],
        ['prompts/get', call('guided')],
      ] as const)
        expect(await ask(ground, method, params), method).toMatchObject({
          status: 400,
          json: { error: { code: -32_021, data: { requiredCapabilities: { elicitation: {} } } } },
        });
    },
  },
  {
    page,
    level: 'SHOULD',
    says: 'Every result names the server in `_meta`.',
    async held(ground) {
      for (const [method, params] of successes)
        expect((await ask(ground, method, params)).json, method).toMatchObject({
          result: { _meta: { [keys.server]: { name: 'Test', version: '1.0.0' } } },
        });
    },
  },
  {
    page: 'basic/versioning',
    level: 'MUST',
    says: 'A version that the server does not know is refused with -32022, HTTP 400, and the list of those that it knows.',
    async held(ground) {
      for (const version of ['1999-01-01', '2027-01-01', 'x'])
        expect(
          await ask(
            ground,
            'tools/list',
            {},
            {
              meta: { ...envelope(), [keys.version]: version },
              headers: { 'mcp-protocol-version': version },
            },
          ),
        ).toMatchObject({
          status: 400,
          json: {
            error: {
              code: -32_022,
              data: { requested: version, supported: expect.arrayContaining([revision]) },
            },
          },
        });
    },
  },
  {
    page: 'server/discover',
    level: 'MUST',
    says: '`server/discover` is answered: versions, capabilities, instructions.',
    async held(ground) {
      const { json } = await ask(ground, 'server/discover');
      expect(json).toMatchObject({
        result: {
          supportedVersions: expect.arrayContaining([revision]),
          capabilities: { tools: {}, resources: { subscribe: true }, prompts: {}, completions: {} },
          instructions: 'Read.',
        },
      });
    },
  },
];

function codesOf(answers: ReadonlyArray<{ readonly json: unknown }>): number[] {
  return answers.map(({ json }) => (json as { error: { code: number } }).error.code);
}
