// Skills: served by the SDK's extension, behind our gate.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { SkillsClient } from '@modelcontextprotocol/client/ext/skills';
import { memorySkillFiles, SkillsExtension } from '@modelcontextprotocol/server/ext/skills';
import { nodeSkillFiles } from '@modelcontextprotocol/server/ext/skills/node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createHandler } from '../../src/server/handler.ts';
import { ScalekitProvider } from '../../src/server/provider.ts';
import { skillGroups } from '../../src/server/skills.ts';
import { envelope } from '../support/messages.ts';
import { connect, generations } from './both-clients.ts';
import { call, echo, post, resource, type Started, scopes, skills, start } from './support.ts';

const manifest =
  '---\nname: notes\ndescription: How notes are written\n---\n# Notes\n\nSee references/GUIDE.md\n';
const manifestUri = 'skill://notes/SKILL.md';
const guideUri = 'skill://notes/references/GUIDE.md';
const folder = mkdtempSync(join(tmpdir(), 'skills-'));
const root = join(folder, 'skills');
const secret = 'The password is hunter2';

/** Which files were read. */
let read: string[] = [];
const warnings: string[] = [];
let server: Started;
let token: string;
let weakToken: string;

beforeAll(async () => {
  writeFileSync(join(folder, 'secret.txt'), secret);
  mkdirSync(join(root, 'notes/references'), { recursive: true });
  writeFileSync(join(root, 'notes/SKILL.md'), manifest);
  for (const name of ['GUIDE.md', 'REPLACED.md'])
    writeFileSync(join(root, 'notes/references', name), 'Short');
  mkdirSync(join(root, 'linked'));
  writeFileSync(join(root, 'linked/SKILL.md'), manifest.replace('name: notes', 'name: linked'));
  symlinkSync(join(folder, 'secret.txt'), join(root, 'linked/secret.txt'));
  const files = nodeSkillFiles(root);
  const catalog = await SkillsExtension.load(
    {
      list: (path) => files.list(path),
      read(path) {
        read.push(path);
        return files.read(path);
      },
    },
    { onWarning: ({ message }) => warnings.push(message) },
  );
  rmSync(join(root, 'notes/references/REPLACED.md'));
  symlinkSync(join(folder, 'secret.txt'), join(root, 'notes/references/REPLACED.md'));
  const note = resource({ uri: 'note://{+path}', name: 'note', scopes: ['todo:read'], read: () => 'A note' });
  const declared = skills({ scopes: ['todo:write'], catalog });
  server = await start({ tools: [echo], resources: [note], skills: declared });
  token = await server.scalekit.mint({ subject: 'usr_1', scopes: ['todo:read', 'todo:write'] });
  weakToken = await server.scalekit.mint({ subject: 'usr_1', scopes: ['todo:read'] });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  read = [];
});

const ask = (method: string, params: object = {}) => ({ jsonrpc: '2.0', id: 7, method, params });

/** The same request in both eras. */
function bothEras(method: string, params: { readonly uri?: string } = {}) {
  const headers = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(method === 'resources/read' && { 'mcp-name': params.uri ?? '' }),
  };
  return [
    { message: ask(method, params), headers: {} },
    { message: ask(method, { ...params, _meta: envelope }), headers },
  ];
}

describe.each(generations)('the official client (%s)', (generation) => {
  it('is told of the skills, lists them and reads their files', async () => {
    const client = await connect(generation, server.endpoint, token);
    const capabilities = client.inner.getServerCapabilities();
    expect(capabilities?.extensions).toEqual({ 'io.modelcontextprotocol/skills': { directoryRead: true } });
    const { resources } = await client.inner.listResources();
    expect(resources).toEqual([
      {
        uri: manifestUri,
        name: 'notes',
        description: 'How notes are written',
        mimeType: 'text/markdown',
        _meta: { securitySchemes: [{ type: 'oauth2', scopes: ['todo:write'] }] },
      },
    ]);
    const { contents } = await client.inner.readResource({ uri: guideUri });
    expect(contents).toEqual([{ uri: guideUri, mimeType: 'text/markdown', text: 'Short' }]);
    // The same client can still read the server's own resources.
    expect((await client.inner.readResource({ uri: 'note://1' })).contents).toMatchObject([
      { text: 'A note' },
    ]);
    await client.close();
  });
});

it.each(['SDK 2, 2025', 'SDK 2, 2026'] as const)(
  "passes the checks of the SDK's client of skills (%s)",
  async (generation) => {
    const client = await connect(generation, server.endpoint, token);
    const served = new SkillsClient(client.inner as Client);
    expect(served.supported).toBe(true);
    const { skills: all } = await served.list();
    expect(all.map(({ uri }) => uri)).toEqual([manifestUri]);
    const { skill } = await served.get(manifestUri);
    const file = await served.read(skill);
    expect(file).toMatchObject({ verified: true, frontmatter: { name: 'notes' }, text: manifest });
    await client.close();
  },
);

it('lists skills as resources to the previous client, which does not know the extension', async () => {
  const client = await connect('SDK 1', server.endpoint, token);
  const inner = client.inner as unknown as { request(message: object, schema: unknown): Promise<unknown> };
  const listed = await inner.request({ method: 'skills/list' }, z.looseObject({}));
  expect(listed).toMatchObject({ skills: [{ uri: manifestUri, frontmatter: { name: 'notes' } }] });
  const directory = { method: 'resources/directory/read', params: { uri: 'skill://notes/references' } };
  expect(await inner.request(directory, z.looseObject({}))).toMatchObject({
    resources: [{ uri: guideUri }, { uri: 'skill://notes/references/REPLACED.md' }],
  });
  await client.close();
});

const requests = [
  ...bothEras('skills/list'),
  ...bothEras('skills/get', { uri: manifestUri }),
  ...bothEras('resources/directory/read', { uri: 'skill://notes' }),
  ...bothEras('resources/read', { uri: guideUri }),
  ...bothEras('resources/read', { uri: 'SKILL://notes/references/GUIDE.md' }),
];

it.each(requests)(
  'refuses a token without the scope before it reads a file ($message.method, %#)',
  async (sent) => {
    const allowed = await post(server.endpoint, { token, ...sent });
    expect(await allowed.json()).toHaveProperty('result');
    read = [];
    const refused = await post(server.endpoint, { token: weakToken, ...sent });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toMatch(/insufficient_scope.*todo:write/);
    expect(await refused.json()).toMatchObject({ id: 7, error: { data: { reason: 'insufficient_scope' } } });
    expect(read).toEqual([]);
    expect((await post(server.endpoint, sent)).status).toBe(401);
  },
);

it.each([
  'skill://notes/../secret.txt',
  'skill://notes/../../secret.txt',
  'skill://notes/%2e%2e/%2e%2e/secret.txt',
  'skill://notes/..%2f..%2fsecret.txt',
  'skill://notes/%252e%252e/%252e%252e/secret.txt',
  'skill://notes/..\\..\\secret.txt',
  'skill://../secret.txt',
  'skill://%2e%2e/secret.txt',
  `skill://${folder}/secret.txt`,
  `skill://notes/${folder}/secret.txt`,
  `skill://notes/${encodeURIComponent(join(folder, 'secret.txt'))}`,
  'skill:../secret.txt',
  ' skill://notes/SKILL.md/../../../secret.txt',
  'skill://linked/secret.txt',
  'skill://linked/SKILL.md',
  'skill://notes/references/REPLACED.md',
  'skill://notes/SKILL.md%00',
])('does not leave the folder for %j', async (uri) => {
  for (const method of ['resources/read', 'skills/get', 'resources/directory/read'])
    for (const sent of bothEras(method, { uri })) {
      const text = await (await post(server.endpoint, { token, ...sent })).text();
      expect(JSON.parse(text)).toHaveProperty('error');
      expect(text).not.toContain('hunter2');
    }
});

it('skips a skill that has a symbolic link in it', () => {
  expect(warnings).toContainEqual(expect.stringMatching(/symlink|special/i));
});

it('hides skills from those who may not read them, if asked to', async () => {
  const catalog = await SkillsExtension.load(memorySkillFiles({ 'notes/SKILL.md': manifest }));
  const hiding = await start({
    skills: skills({ scopes: ['todo:write'], catalog }),
    hideWhatIsRefused: true,
  });
  const listedTo = async (...held: string[]) => {
    const token = await hiding.scalekit.mint({ subject: 'usr_1', scopes: held });
    const answer = await post(hiding.endpoint, { token, message: ask('resources/list') });
    return ((await answer.json()) as { result: { resources: object[] } }).result.resources.length;
  };
  expect(await listedTo('todo:read')).toBe(0);
  expect(await listedTo('todo:read', 'todo:write')).toBe(1);
  await hiding.stop();
});

describe('several catalogues with scopes of their own', () => {
  const uriOf = (name: string) => `skill://${name}/SKILL.md`;
  let grouped: Started;
  beforeAll(async () => {
    const load = (name: string) =>
      SkillsExtension.load(
        memorySkillFiles({ [`${name}/SKILL.md`]: manifest.replace('name: notes', `name: ${name}`) }),
      );
    const groups = [
      skills({ scopes: ['todo:read'], catalog: await load('readers') }),
      skills({ scopes: ['todo:write'], catalog: await load('writers') }),
    ];
    grouped = await start({ skills: groups });
    expect(() => skillGroups([...groups, ...groups.slice(0, 1)])).toThrow(/skill:\/\/readers\/SKILL\.md/);
  });
  afterAll(() => grouped.stop());
  const tokenOf = (...held: string[]) => grouped.scalekit.mint({ subject: 'usr_1', scopes: held });
  const answers = async (token: string, method: string, params: { readonly uri?: string } = {}) =>
    await Promise.all(bothEras(method, params).map((sent) => post(grouped.endpoint, { token, ...sent })));

  it('list to each token the skills that it may read', async () => {
    for (const [held, names] of [
      [['todo:read'], ['readers']],
      [['todo:write'], ['writers']],
      [
        ['todo:read', 'todo:write'],
        ['readers', 'writers'],
      ],
    ] as const)
      for (const answer of await answers(await tokenOf(...held), 'skills/list')) {
        const { result } = (await answer.json()) as { result: { skills: Array<{ uri: string }> } };
        expect(result.skills.map(({ uri }) => uri)).toEqual(names.map(uriOf));
      }
    for (const answer of await answers(await tokenOf(), 'skills/list')) expect(answer.status).toBe(403);
  });

  const methods = ['skills/get', 'resources/read', 'resources/directory/read'];
  it.each(methods)('ask for the scopes of the skill that is read (%s)', async (method) => {
    const [reader, writer] = [await tokenOf('todo:read'), await tokenOf('todo:write')];
    const uri = method === 'resources/directory/read' ? 'skill://writers' : uriOf('writers');
    for (const answer of await answers(writer, method, { uri }))
      expect(await answer.json()).toHaveProperty('result');
    for (const each of [uri, uri.replace('skill:', 'SKILL:')])
      for (const answer of await answers(reader, method, { uri: each })) expect(answer.status).toBe(403);
  });

  it.each([
    'skill://%77riters/SKILL.md',
    'skill://readers/../writers/SKILL.md',
    'skill://readers/%2e%2e/writers/SKILL.md',
    'skill:/writers/SKILL.md',
    'skill:///writers/SKILL.md',
    'skill://x@writers/SKILL.md',
    'skill://readers%2f..%2fwriters/SKILL.md',
  ])('show nothing for %s to who may read another skill', async (uri) => {
    const token = await tokenOf('todo:read');
    for (const method of methods)
      for (const answer of await answers(token, method, { uri }))
        expect(await answer.json()).toHaveProperty('error');
  });

  it('are all in the list of resources', async () => {
    const answer = await post(grouped.endpoint, { token: await tokenOf(), message: ask('resources/list') });
    expect(await answer.json()).toMatchObject({
      result: { resources: [{ uri: uriOf('readers') }, { uri: uriOf('writers') }] },
    });
  });
});

it('has no skills if none are declared', async () => {
  const plain = await start();
  const client = await connect(
    'SDK 2, 2026',
    plain.endpoint,
    await plain.scalekit.mint({ scopes: ['todo:read'] }),
  );
  expect(client.inner.getServerCapabilities()).toEqual({ tools: {} });
  await client.close();
  const token = await plain.scalekit.mint({ scopes: ['todo:read', 'todo:write'] });
  for (const sent of [...bothEras('skills/list'), ...bothEras('resources/read', { uri: manifestUri })]) {
    const answer = await post(plain.endpoint, { token, ...sent });
    expect(await answer.json()).toMatchObject({ error: { code: -32_601 } });
  }
  await plain.stop();
});

it('writes a line for each request into the log, and serves tools as before', async () => {
  await post(server.endpoint, { token, message: ask('skills/list') });
  expect(server.log).toContainEqual(
    expect.objectContaining({ event: 'skills', method: 'skills/list', subject: 'usr_1' }),
  );
  const answer = await post(server.endpoint, { token, message: call('echo', { text: 'x' }) });
  expect(await answer.json()).toMatchObject({ result: { structuredContent: { text: 'x' } } });
});

it('refuses contradictory declarations when the server is made', async () => {
  const catalog = await SkillsExtension.load(memorySkillFiles({ 'notes/SKILL.md': manifest }));
  const mcpUrl = 'http://localhost:3002/';
  const auth = new ScalekitProvider({
    environmentUrl: 'http://localhost:3003',
    resourceId: 'res_1',
    mcpUrl,
    scopes,
  });
  const taken = resource({ uri: 'skill://{id}', name: 'taken', scopes: ['todo:read'], read: () => '' });
  const about = { name: 'Test', version: '1', auth, tools: [echo] };
  const declared = skills({ scopes: ['todo:read'], catalog });
  expect(() => createHandler({ ...about, skills: declared, resources: [taken] })).toThrow(/skill:\/\/\{id\}/);
  const unknown = { ...declared, scopes: ['todo:none'] };
  expect(() => createHandler({ ...about, skills: unknown })).toThrow(/todo:none/);
  expect(createHandler({ ...about, skills: declared })).toBeTypeOf('function');
  await auth.close();
});
