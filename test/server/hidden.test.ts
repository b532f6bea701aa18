// Lists that depend on the token, if the owner wants that, with the official clients of both generations.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineScopes } from '../../src/server/define-scopes.ts';
import { connect, generations } from './both-clients.ts';
import { call, post, type Started, start } from './support.ts';

const { scopes, tool, resource, prompt } = defineScopes(
  { 'todo:read': 'Read', 'todo:write': 'Write' },
  { implied: { 'todo:write': ['todo:read'] } },
);
type Scope = 'todo:read' | 'todo:write';

/** A tool, a resource, a template and a prompt that need these scopes. */
const all = (name: string, ...needed: readonly Scope[]) => ({
  tool: tool({
    name,
    title: name,
    description: name,
    scopes: needed,
    input: z.object({}),
    output: z.object({}),
    annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
    run: () => ({}),
  }),
  resource: resource({ uri: `one://${name}`, name, scopes: needed, read: () => name }),
  template: resource({
    uri: `many://${name}/{id}`,
    name: `${name}s`,
    scopes: needed,
    read: () => name,
    list: () => [{ variables: { id: '1' }, name: `${name}_1` }],
  }),
  prompt: prompt({ name, description: name, scopes: needed, run: () => name }),
});
const declared = [all('open'), all('read', 'todo:read'), all('write', 'todo:write')];
const options = {
  scopes,
  tools: declared.map((each) => each.tool),
  resources: declared.flatMap((each) => [each.resource, each.template]),
  prompts: declared.map((each) => each.prompt),
};

let hiding: Started;
let showing: Started;
beforeAll(async () => {
  hiding = await start({ ...options, hideWhatIsRefused: true });
  showing = await start(options);
});
afterAll(async () => {
  await hiding.stop();
  await showing.stop();
});

const cases = [
  [[], ['open']],
  [['todo:read'], ['open', 'read']],
  // One scope includes the other.
  [['todo:write'], ['open', 'read', 'write']],
] as const;

describe.each(generations)('%s', (generation) => {
  async function listed(server: Started, granted: readonly string[]) {
    const client = await connect(
      generation,
      server.endpoint,
      await server.scalekit.mint({ scopes: granted }),
    );
    const { tools } = await client.inner.listTools();
    const { resources } = await client.inner.listResources();
    const { resourceTemplates } = await client.inner.listResourceTemplates();
    const { prompts } = await client.inner.listPrompts();
    await client.close();
    const names = (list: ReadonlyArray<{ name: string }>) => list.map(({ name }) => name);
    return [tools, resources, resourceTemplates, prompts].map(names);
  }

  it.each(cases)('a token with %j lists only what it may use: %j', async (granted, visible) => {
    expect(await listed(hiding, granted)).toEqual([
      visible,
      [...visible, ...visible.map((name) => `${name}_1`)],
      visible.map((name) => `${name}s`),
      visible,
    ]);
  });

  it('lists everything by default', async () => {
    const [tools, , templates, prompts] = await listed(showing, []);
    expect([tools, templates, prompts]).toEqual([
      ['open', 'read', 'write'],
      ['opens', 'reads', 'writes'],
      ['open', 'read', 'write'],
    ]);
  });
});

describe('what is hidden', () => {
  const methods = [
    call('write'),
    { jsonrpc: '2.0', id: 1, method: 'resources/read', params: { uri: 'one://write' } },
    { jsonrpc: '2.0', id: 1, method: 'resources/read', params: { uri: 'many://write/1' } },
    { jsonrpc: '2.0', id: 1, method: 'prompts/get', params: { name: 'write' } },
  ];

  it.each(methods)(
    'is refused with the scopes to ask for, like what is listed: $method $params',
    async (message) => {
      for (const server of [hiding, showing]) {
        const token = await server.scalekit.mint({ scopes: ['todo:read'] });
        const answer = await post(server.endpoint, { token, message });
        expect(answer.status).toBe(403);
        expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
      }
    },
  );
});
