import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { call, post, type Started, start } from './support.ts';

// What an owner may write into src/scopes.ts: one scope includes others, and clients ask for one scope at first.
vi.mock('../../templates/typescript/base/src/scopes.ts', () => ({
  scopes: {
    'todo:read': 'Read',
    'todo:write': 'Write',
    'todo:admin': 'Administer',
    constructor: 'A name of every object',
  },
  baseScopes: ['todo:read'],
  impliedScopes: { 'todo:admin': ['todo:write'], 'todo:write': ['todo:read'] },
}));
const { tool } = await import('../../templates/typescript/base/src/protect/tool.ts');

const needs = (name: string, ...scopes: string[]) =>
  tool({
    name,
    title: name,
    description: name,
    scopes: scopes as [],
    input: z.object({}),
    output: z.object({ scopes: z.array(z.string()) }),
    run: (_args, { scopes: granted }) => ({ scopes: [...granted] }),
  });

let server: Started;
beforeAll(async () => {
  const tools = [
    needs('read', 'todo:read'),
    needs('write', 'todo:write'),
    needs('all', 'todo:write', 'todo:admin'),
  ];
  server = await start({ tools });
});
afterAll(() => server.stop());

async function ask(name: string, ...scopes: string[]) {
  const answer = await post(server.endpoint, {
    token: await server.scalekit.mint({ scopes }),
    message: call(name),
  });
  const challenge = answer.headers.get('www-authenticate') ?? '';
  const [, scope] = /scope="([^"]*)"/.exec(challenge) ?? [];
  const body = (await answer.json()) as { result?: { structuredContent: { scopes: string[] } } };
  return {
    status: answer.status,
    scope,
    description: /error_description="([^"]*)"/.exec(challenge)?.[1],
    ...body.result?.structuredContent,
  };
}

describe('a scope that includes others', () => {
  it('allows what they allow, over several steps', async () => {
    expect(await ask('read', 'todo:write')).toMatchObject({
      status: 200,
      scopes: ['todo:write', 'todo:read'],
    });
    expect((await ask('read', 'todo:admin')).status).toBe(200);
    expect((await ask('all', 'todo:admin')).status).toBe(200);
  });

  it('is not included by them', async () => {
    expect((await ask('write', 'todo:read')).status).toBe(403);
  });

  it('may have a name that every object has', async () => {
    expect(await ask('write', 'todo:write', 'constructor')).toMatchObject({ status: 200 });
  });
});

describe('a challenge', () => {
  it('asks at first for the base scopes only', async () => {
    const { headers } = await post(server.endpoint, { message: call('read') });
    expect(headers.get('www-authenticate')).toContain('scope="todo:read"');
  });

  it('asks for the base, for what the token has, and for what the tool needs', async () => {
    expect((await ask('write')).scope).toBe('todo:read todo:write');
    expect((await ask('all', 'todo:write', 'constructor')).scope).toBe(
      'todo:read todo:write todo:admin constructor',
    );
  });

  it('names what is missing', async () => {
    expect((await ask('write', 'todo:read')).description).toBe(
      'Insufficient permissions: `todo:write` scope required.',
    );
    expect((await ask('all')).description).toBe(
      'Insufficient permissions: `todo:write` and `todo:admin` scopes required.',
    );
  });
});
