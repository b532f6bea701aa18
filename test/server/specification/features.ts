// Tools, resources, prompts, completion, pages and caching: `server/…`.
import { expect } from 'vitest';
import * as z from 'zod';
import { tool } from '../support.ts';
import { ask, call, type Ground, keys, type Statement } from './ground.ts';

const invalid = { status: 200, json: { id: 1, error: { code: -32_602 } } };
const capabilitiesOf = async (ground: Ground) => {
  const { json } = await ask(ground, 'server/discover');
  return (json as { result: { capabilities: object } }).result.capabilities;
};

interface Schema {
  readonly name: string;
  readonly inputSchema: object;
}
const toolsOf = async (ground: Ground, token?: string) => {
  const { json } = await ask(ground, 'tools/list', {}, token === undefined ? {} : { token });
  return (json as { result: { tools: Schema[] } }).result.tools;
};

const tools: readonly Statement[] = [
  {
    page: 'server/tools',
    level: 'MUST',
    says: 'A server with tools declares them, and lists them always in the same order, whatever the connection and the requests before.',
    async held(ground) {
      expect(await capabilitiesOf(ground)).toHaveProperty('tools');
      const first = await toolsOf(ground);
      await ask(ground, 'tools/call', call('echo'));
      expect(await toolsOf(ground, await ground.scalekit.mint({ scopes: [] }))).toEqual(first);
    },
  },
  {
    page: 'server/tools',
    level: 'SHOULD',
    says: 'A tool’s name has letters, digits, `_`, `-` and `.` alone, and is unique.',
    held() {
      const named = (name: string) => () =>
        tool({
          name,
          title: 'x',
          description: 'x',
          scopes: [],
          input: z.object({}),
          annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
          run: () => '',
        });
      for (const wrong of ['', 'a b', 'a,b', 'a/b', 'ä', 'x'.repeat(129)])
        expect(named(wrong), wrong).toThrow(TypeError);
      expect(named('get-todo_1')).not.toThrow();
    },
  },
  {
    page: 'server/tools',
    level: 'MUST',
    says: '`inputSchema` is an object of JSON Schema 2020-12, for a tool without arguments as well.',
    async held(ground) {
      for (const { name, inputSchema } of await toolsOf(ground)) {
        expect(inputSchema, name).toMatchObject({ type: 'object' });
        expect(JSON.stringify(inputSchema)).not.toContain('"$ref":"http');
      }
    },
  },
  {
    page: 'server/tools',
    level: 'MUST',
    says: 'Structured content fits `outputSchema`, and is there as text too.',
    async held(ground) {
      const fitting = await ask(ground, 'tools/call', call('echo', { text: 'x' }));
      expect(fitting.json).toMatchObject({
        result: { structuredContent: { text: 'x' }, content: [{ type: 'text', text: '{"text":"x"}' }] },
      });
      const { json } = await ask(ground, 'tools/call', call('unlike'));
      expect(json).toMatchObject({ result: { isError: true } });
      expect(json).not.toHaveProperty('result.structuredContent');
    },
  },
  {
    page: 'server/tools',
    level: 'MUST',
    says: 'Unknown tools and malformed calls are protocol errors (-32602).',
    async held(ground) {
      for (const params of [
        call('nope'),
        call('constructor'),
        { arguments: {} },
        { name: 1 },
        { name: 'echo', arguments: 'x' },
      ])
        expect(
          await ask(ground, 'tools/call', params, {
            headers: { 'mcp-name': String((params as { name?: string }).name ?? '') },
          }),
          JSON.stringify(params),
        ).toMatchObject({ json: { error: { code: -32_602 } } });
    },
  },
  {
    page: 'server/tools',
    level: 'MUST',
    says: 'Arguments are validated; what is wrong with them, and what a tool says, comes back as a result with `isError`.',
    async held(ground) {
      for (const text of [1, 'x'.repeat(21), 'told']) {
        const { json } = await ask(ground, 'tools/call', call('echo', { text }));
        expect(json).toMatchObject({ result: { isError: true, content: [{ type: 'text' }] } });
      }
    },
  },
  {
    page: 'server/tools',
    level: 'MUST',
    says: 'Errors of the owner’s code tell a client nothing of them.',
    async held(ground) {
      for (const [method, params] of [
        ['tools/call', call('echo', { text: 'broken' })],
        ['resources/read', { uri: 'note://broken' }],
        ['prompts/get', call('broken')],
      ] as const) {
        const { text } = await ask(ground, method, params);
        expect(text).toMatch(/Internal error \(request /);
        expect(text).not.toMatch(/hunter2|\.ts|node_modules/);
      }
    },
  },
  {
    page: 'server/tools',
    level: 'MUST',
    says: 'Tool calls are limited in their rate.',
    held: 'test/security/limits.test.ts',
  },
];

const resources: readonly Statement[] = [
  {
    page: 'server/resources',
    level: 'MUST',
    says: 'A server with resources declares them and lists them; `resources/templates/list` has the templates.',
    async held(ground) {
      expect(await capabilitiesOf(ground)).toHaveProperty('resources');
      const { json } = await ask(ground, 'resources/list');
      expect(json).toMatchObject({
        result: {
          resources: expect.arrayContaining([expect.objectContaining({ uri: 'news://all', name: 'news' })]),
        },
      });
      const templates = await ask(ground, 'resources/templates/list');
      expect(templates.json).toMatchObject({
        result: { resourceTemplates: [{ uriTemplate: 'note://{id}' }] },
      });
    },
  },
  {
    page: 'server/resources',
    level: 'MUST',
    says: 'A resource that does not exist is -32602, never an empty list of contents; URIs are validated.',
    async held(ground) {
      for (const uri of ['note://none', 'nothing://x', '', 'note://', '../../etc/passwd', '__proto__'])
        expect(await ask(ground, 'resources/read', { uri }), uri).toMatchObject({
          json: { error: { code: -32_602 } },
        });
      const empty = await ask(ground, 'resources/read', { uri: 'news://all' });
      expect(empty.json).toMatchObject({ result: { contents: [{ uri: 'news://all', text: '' }] } });
    },
  },
  {
    page: 'server/resources',
    level: 'SHOULD',
    says: 'An internal error is -32603.',
    async held(ground) {
      for (const [method, params] of [
        ['resources/read', { uri: 'note://broken' }],
        ['prompts/get', call('broken')],
      ] as const)
        expect((await ask(ground, method, params)).json).toMatchObject({ error: { code: -32_603 } });
    },
  },
  {
    page: 'server/resources',
    level: 'MUST',
    says: 'Bytes are sent in base64.',
    async held(ground) {
      const { json } = await ask(ground, 'resources/read', { uri: 'picture://1' });
      expect(json).toMatchObject({ result: { contents: [{ mimeType: 'image/png', blob: '//4A' }] } });
    },
  },
  {
    page: 'server/resources',
    level: 'SHOULD',
    says: 'Permissions are checked before a resource is read.',
    async held(ground) {
      const token = await ground.scalekit.mint({ scopes: ['todo:write'] });
      const { status, json } = await ask(ground, 'resources/read', { uri: 'note://broken' }, { token });
      expect([status, json]).toMatchObject([403, { error: { data: { reason: 'insufficient_scope' } } }]);
    },
  },
];

const prompts: readonly Statement[] = [
  {
    page: 'server/prompts',
    level: 'MUST',
    says: 'A server with prompts declares them and lists them with their arguments.',
    async held(ground) {
      expect(await capabilitiesOf(ground)).toHaveProperty('prompts');
      const { json } = await ask(ground, 'prompts/list');
      expect(json).toMatchObject({
        result: { prompts: [{ name: 'review', arguments: [{ name: 'style', required: true }] }, {}, {}] },
      });
    },
  },
  {
    page: 'server/prompts',
    level: 'SHOULD',
    says: 'Wrong names and missing or wrong arguments are -32602; arguments are validated before `run`.',
    async held(ground) {
      for (const params of [
        call('nope'),
        call('review'),
        call('review', { style: 'odd' }),
        call('review', { style: 1 }),
      ])
        expect(await ask(ground, 'prompts/get', params), JSON.stringify(params)).toMatchObject({
          json: { error: { code: -32_602 } },
        });
    },
  },
];

const complete = (ground: Ground, ref: object, argument: object) =>
  ask(ground, 'completion/complete', { ref, argument });
const ofReview = { type: 'ref/prompt', name: 'review' };

const lists: readonly Statement[] = [
  {
    page: 'server/utilities/completion',
    level: 'MUST',
    says: 'A server that completes says so, and answers 100 values at most, with whether there are more.',
    async held(ground) {
      expect(await capabilitiesOf(ground)).toHaveProperty('completions');
      const { json } = await complete(
        ground,
        { type: 'ref/resource', uri: 'note://{id}' },
        { name: 'id', value: 'x' },
      );
      const { completion } = (json as { result: { completion: { values: unknown[] } } }).result;
      expect(completion.values).toHaveLength(100);
      expect(completion).toMatchObject({ total: 150, hasMore: true });
    },
  },
  {
    page: 'server/utilities/completion',
    level: 'MUST',
    says: 'What is to be completed is validated: unknown names and missing arguments are -32602; scopes hold here, too.',
    async held(ground) {
      for (const [ref, argument] of [
        [
          { type: 'ref/prompt', name: 'nope' },
          { name: 'style', value: '' },
        ],
        [
          { type: 'ref/resource', uri: 'note://1' },
          { name: 'id', value: '' },
        ],
        [{ type: 'ref/other' }, { name: 'id', value: '' }],
        [ofReview, { name: 'style' }],
        [ofReview, {}],
      ] as const)
        expect((await complete(ground, ref, argument)).json).toMatchObject({ error: { code: -32_602 } });
      const lacking = { ...ground, token: await ground.scalekit.mint({ scopes: [] }) };
      expect((await complete(lacking, ofReview, { name: 'style', value: '' })).status).toBe(403);
    },
  },
  {
    page: 'server/utilities/pagination',
    level: 'SHOULD',
    says: 'A list goes on at `nextCursor`; a cursor that no page has given is -32602.',
    async held(ground) {
      const uris: unknown[] = [];
      let cursor: string | undefined;
      do {
        const { json } = await ask(ground, 'resources/list', cursor === undefined ? {} : { cursor });
        const { result } = json as { result: { resources: Array<{ uri: string }>; nextCursor?: string } };
        uris.push(...result.resources.map(({ uri }) => uri));
        cursor = result.nextCursor;
      } while (cursor !== undefined);
      expect(uris).toEqual(['news://all', 'picture://1', 'guarded://1', 'note://1', 'note://2', 'note://3']);
      for (const method of ['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'])
        for (const wrong of ['x', '', '[]', 'W10'])
          expect(await ask(ground, method, { cursor: wrong }), method).toMatchObject(invalid);
    },
  },
  {
    page: 'server/utilities/caching',
    level: 'MUST',
    says: '`ttlMs` (0 or more) and `cacheScope` are on what may be kept, the same scope on all pages, and never on a question.',
    async held(ground) {
      for (const [method, params] of [
        ['server/discover', {}],
        ['tools/list', {}],
        ['prompts/list', {}],
        ['resources/list', {}],
        ['resources/templates/list', {}],
        ['resources/read', { uri: 'note://1' }],
        ['resources/read', { uri: 'news://all' }],
      ] as const) {
        const { result } = (await ask(ground, method, params)).json as { result: { ttlMs: number } };
        expect(result, method).toMatchObject({ ttlMs: expect.any(Number), cacheScope: 'private' });
        expect(result.ttlMs).toBeGreaterThanOrEqual(0);
      }
      const question = await ask(
        ground,
        'resources/read',
        { uri: 'guarded://1' },
        { capabilities: { elicitation: {} } },
      );
      expect(question.json).toMatchObject({ result: { resultType: 'input_required' } });
      expect(question.text).not.toMatch(/ttlMs|cacheScope/);
    },
  },
  {
    page: 'server/utilities/logging',
    level: 'MUST',
    says: 'No `notifications/message` for a request that does not ask for it. (The server never sends any: deprecated.)',
    async held(ground) {
      const meta = { [keys.version]: '2026-07-28', [keys.capabilities]: {}, progressToken: 1 };
      const { text } = await ask(ground, 'tools/call', call('steps'), { meta });
      expect(text).not.toContain('notifications/message');
    },
  },
];

export const features: readonly Statement[] = [...tools, ...resources, ...prompts, ...lists];
