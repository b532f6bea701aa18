// What a server has besides tools that answer one object: content of every kind, resources, prompts, progress, a log.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnyClient, connect, type Generation, generations, type Reported } from './both-clients.ts';
import { blob, features } from './declared-features.ts';
import { type Started, start } from './support.ts';

let server: Started;
const clients = new Map<Generation, AnyClient>();
beforeAll(async () => {
  server = await start(features);
  const token = await server.scalekit.mint({ subject: 'usr_1', scopes: ['todo:read'] });
  for (const generation of generations)
    clients.set(generation, await connect(generation, server.endpoint, token));
});
afterAll(async () => {
  await Promise.all([...clients.values()].map((client) => client.close()));
  await server.stop();
});

/** How a list shows the required scopes. */
const needs = (scope: string) => ({ _meta: { securitySchemes: [{ type: 'oauth2', scopes: [scope] }] } });

describe.each(generations)('the official client (%s)', (generation) => {
  const client = () => clients.get(generation) as AnyClient;
  const api = () => client().inner;

  it('gets content of every kind from a tool without an output schema', async () => {
    const { content, structuredContent } = await client().call('kinds');
    expect(structuredContent).toBeUndefined();
    expect(content).toEqual([
      { type: 'text', text: 'Words' },
      { type: 'image', data: blob, mimeType: 'image/png' },
      { type: 'audio', data: blob, mimeType: 'audio/wav' },
      { type: 'resource_link', uri: 'note://1', name: 'The note' },
      { type: 'resource', resource: { uri: 'note://1', mimeType: 'text/markdown', text: '# Note' } },
      { type: 'resource', resource: { uri: 'note://2', blob } },
    ]);
    expect((await client().call('words')).content).toEqual([{ type: 'text', text: 'Only words' }]);
  });

  it('gets content beside structured data, without members that the schema does not name', async () => {
    expect(await client().call('both')).toMatchObject({
      structuredContent: { open: 3 },
      content: [
        { type: 'text', text: '{"open":3}' },
        { type: 'text', text: 'Three' },
        { type: 'image', data: blob },
      ],
    });
  });

  it('lists and reads resources, its own and no others', async () => {
    const { resources } = await api().listResources();
    expect(resources).toEqual([
      {
        uri: 'config://app',
        name: 'app',
        title: 'Settings',
        mimeType: 'application/json',
        ...needs('todo:read'),
      },
      // Clients show a title instead of the name: each has its own name, and not the template's title.
      { uri: 'note://a', name: 'a', description: 'Of its owner' },
      { uri: 'note://b%20c', name: 'b c', description: 'Of its owner' },
    ]);
    const { resourceTemplates } = await api().listResourceTemplates();
    expect(resourceTemplates).toMatchObject([
      { uriTemplate: 'note://{id}', name: 'note', ...needs('todo:read') },
      { uriTemplate: 'files://{+path}', name: 'file' },
    ]);
    const read = async (uri: string) => (await api().readResource({ uri })).contents;
    expect(await read('config://app')).toEqual([
      { uri: 'config://app', mimeType: 'application/json', text: '{"of":"usr_1"}' },
    ]);
    expect(await read('note://b%20c')).toEqual([
      { uri: 'note://b%20c', mimeType: 'text/plain', text: 'The note b c' },
    ]);
    expect(await read('note://picture')).toEqual([
      { uri: 'note://picture', mimeType: 'application/octet-stream', blob },
    ]);
    expect(await read('note://parts')).toEqual([
      { uri: 'note://parts', mimeType: 'text/plain', text: 'one' },
      { uri: 'note://parts/2', mimeType: 'image/png', blob },
    ]);
  });

  it('gets errors for missing things and errors meant for the caller, but no internal ones', async () => {
    const read = (uri: string) => api().readResource({ uri });
    for (const uri of ['note://z', 'note://', 'note://a/b', 'note://%', 'nothing://x', 'config://app?x'])
      await expect(read(uri)).rejects.toMatchObject({ code: -32_602, data: { uri } });
    await expect(read('note://told')).rejects.toMatchObject({
      code: -32_602,
      message: expect.stringContaining('This note is locked.'),
    });
    await expect(read('note://broken')).rejects.toMatchObject({
      code: -32_603,
      message: expect.stringMatching(/Internal error \(request [\da-f-]{36}\)$/),
    });
    expect(server.log.findLast(({ event }) => event === 'resource_failed')).toMatchObject({
      level: 'error',
      resource: 'note',
      message: 'The password is hunter2',
    });
  });

  it('lists and gets prompts', async () => {
    const { prompts } = await api().listPrompts();
    expect(prompts).toEqual([
      {
        name: 'greeting',
        title: 'Greet',
        description: 'Greets somebody.',
        arguments: [
          { name: 'who', description: 'A name', required: true },
          { name: 'times', required: false },
        ],
        ...needs('todo:read'),
      },
      {
        name: 'secret',
        description: 'Needs more.',
        arguments: [{ name: 'word', required: true }],
        ...needs('todo:write'),
      },
    ]);
    const got = await api().getPrompt({ name: 'greeting', arguments: { who: 'Bob', times: '2' } });
    expect(got).toMatchObject({
      description: 'Greets somebody.',
      messages: [
        { role: 'user', content: { type: 'text', text: 'Greet Bob 3 times for usr_1' } },
        { role: 'assistant', content: { type: 'text', text: 'Hello' } },
        { role: 'user', content: { type: 'image', data: blob } },
      ],
    });
    const wrong = api().getPrompt({ name: 'greeting', arguments: { who: 'too long' } });
    await expect(wrong).rejects.toMatchObject({ code: -32_602, message: expect.stringContaining('who:') });
    await expect(api().getPrompt({ name: 'nope' })).rejects.toMatchObject({ code: -32_602 });
  });

  it('gets suggestions, which the capabilities announce', async () => {
    expect(api().getServerCapabilities()).toEqual({ tools: {}, resources: {}, prompts: {}, completions: {} });
    const complete = async (ref: Parameters<ReturnType<typeof api>['complete']>[0]['ref'], name: string) =>
      (await api().complete({ ref, argument: { name, value: 'b' }, context: { arguments: { times: '4' } } }))
        .completion;
    expect(await complete({ type: 'ref/resource', uri: 'note://{id}' }, 'id')).toMatchObject({
      values: ['b c'],
      total: 1,
      hasMore: false,
    });
    const greets = { type: 'ref/prompt', name: 'greeting' } as const;
    expect((await complete(greets, 'who')).values).toEqual(['bob', '4']);
    expect((await complete(greets, 'times')).values).toEqual([]);
    expect((await complete({ type: 'ref/resource', uri: 'config://app' }, 'x')).values).toEqual([]);
    await expect(complete({ type: 'ref/prompt', name: 'nope' }, 'x')).rejects.toMatchObject({
      code: -32_602,
    });
  });

  it('gets progress if it asks for it', async () => {
    const reports: Reported[] = [];
    const answer = await client().call('counting', {}, { onprogress: (report) => reports.push(report) });
    expect(answer.content).toEqual([{ type: 'text', text: 'Counted' }]);
    expect(reports.map(({ progress, total, message }) => [progress, total, message])).toEqual([
      [0, 2, 'Begins'],
      [1, 2, undefined],
      [2, 2, 'Ends'],
    ]);
    expect((await client().call('counting')).content).toEqual([{ type: 'text', text: 'Counted' }]);
  });

  it('is refused what its token does not allow, with 403, before anything runs', async () => {
    const refused = [
      () => api().readResource({ uri: 'files://a/b' }),
      () => api().getPrompt({ name: 'secret', arguments: { word: 'x' } }),
      () =>
        api().complete({
          ref: { type: 'ref/resource', uri: 'files://{+path}' },
          argument: { name: 'path', value: '' },
        }),
      () =>
        api().complete({
          ref: { type: 'ref/prompt', name: 'secret' },
          argument: { name: 'word', value: '' },
        }),
    ];
    for (const act of refused) await expect(act()).rejects.toThrow(/Insufficient (?:permissions|scope)/);
  });
});
