// What a server with tools, resources and prompts of every kind declares.
import * as z from 'zod';
import { audio, embedded, image, resourceLink, ToolError, withContent } from '../../src/server/index.ts';
import { echo, prompt, resource, tool } from './support.ts';

export const bytes = new Uint8Array([0, 1, 254, 255]);
export const blob = Buffer.from(bytes).toString('base64');
export const nothing = z.object({});
export const about = (name: string) => ({
  name,
  title: name,
  description: name,
  scopes: ['todo:read'] as const,
  input: nothing,
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false } as const,
});

export const kinds = tool({
  ...about('kinds'),
  run: () => [
    'Words',
    image(bytes, 'image/png'),
    audio(blob, 'audio/wav'),
    resourceLink({ uri: 'note://1', name: 'The note' }),
    embedded({ uri: 'note://1', mimeType: 'text/markdown', text: '# Note' }),
    embedded({ uri: 'note://2', bytes }),
  ],
});
export const words = tool({ ...about('words'), run: () => 'Only words' });
export const both = tool({
  ...about('both'),
  output: z.object({ open: z.number() }),
  run: () =>
    withContent(
      { open: 3, secret: 'not in the schema' } as { open: number },
      'Three',
      image(bytes, 'image/png'),
    ),
});
export const counting = tool({
  ...about('counting'),
  async run(_args, { progress, log }) {
    progress(0, 2, 'Begins');
    log('info', 'counted', { upTo: 2, tool: 'another' });
    await new Promise((resolve) => setTimeout(resolve, 40));
    progress(1, 2);
    // Neither of these grows.
    progress(1, 2);
    progress(0, 2);
    progress(2, 2, 'Ends');
    return 'Counted';
  },
});

export const owners = { usr_1: ['a', 'b c'], usr_2: ['z'] } as Record<string, readonly string[]>;
export const app = resource({
  uri: 'config://app',
  name: 'app',
  title: 'Settings',
  mimeType: 'application/json',
  scopes: ['todo:read'],
  cache: { ttlMs: 60_000, cacheScope: 'public' },
  read: (_variables, { user }) => JSON.stringify({ of: user.subject }),
});
export const note = resource({
  uri: 'note://{id}',
  name: 'note',
  title: 'A note',
  description: 'Of its owner',
  scopes: ['todo:read'],
  read({ id }, { user }) {
    if (id === 'told') throw new ToolError('This note is locked.');
    if (id === 'broken') throw new Error('The password is hunter2');
    if (id === 'picture') return bytes;
    if (id === 'parts') return [{ text: 'one' }, { uri: 'note://parts/2', mimeType: 'image/png', bytes }];
    return owners[user.subject]?.includes(id) ? `The note ${id}` : undefined;
  },
  list: ({ user }) => (owners[user.subject] ?? []).map((id) => ({ variables: { id }, name: id })),
  complete: {
    id: (typed, { user }) => (owners[user.subject] ?? []).filter((id) => id.startsWith(typed)),
  },
});
export const written = resource({
  uri: 'files://{+path}',
  name: 'file',
  scopes: ['todo:write'],
  read: ({ path }) => path,
  list: () => [{ variables: { path: 'of/somebody' }, name: 'secret' }],
  complete: { path: () => ['secret'] },
});
export const greeting = prompt({
  name: 'greeting',
  title: 'Greet',
  description: 'Greets somebody.',
  scopes: ['todo:read'],
  arguments: z.object({ who: z.string().max(5).describe('A name'), times: z.coerce.number().optional() }),
  complete: { who: (typed, _call, { times }) => [`${typed}ob`, String(times)] },
  run: ({ who, times = 1 }, { user }) => [
    `Greet ${who} ${times + 1} times for ${user.subject}`,
    { role: 'assistant', content: 'Hello' },
    image(bytes, 'image/png'),
  ],
});
export const secretPrompt = prompt({
  name: 'secret',
  description: 'Needs more.',
  scopes: ['todo:write'],
  arguments: z.object({ word: z.string() }),
  complete: { word: () => ['secret'] },
  run: () => 'secret',
});

/** What such a server is started with. */
export const features = {
  tools: [echo, kinds, words, both, counting],
  resources: [app, note, written],
  prompts: [greeting, secretPrompt],
};
