import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineScopes } from '../../src/server/define-scopes.ts';
import type { ScopeOptions } from '../../src/server/scopes.ts';
import { denials } from '../../src/server/testing/index.ts';
import { insufficientPermissions } from '../support/contract.ts';
import { call, post, type Started, start } from './support.ts';

// What an owner may write into src/scopes.ts: one scope includes others, and clients ask for one scope at first.
// Even an object type without a property `constructor` has one, as every object does.
const implied = { 'todo:admin': ['todo:write'], 'todo:write': ['todo:read'] };
const { scopes, tool } = defineScopes(
  {
    'todo:read': 'Read',
    'todo:write': 'Write',
    'todo:admin': 'Administer',
    constructor: 'A name of every object',
    ['__proto__']: 'Another',
  },
  { base: ['todo:read'], implied: implied as never },
);

const needs = (name: string, ...needed: string[]) =>
  tool({
    name,
    title: name,
    description: name,
    scopes: needed as readonly 'todo:read'[],
    input: z.object({}),
    output: z.object({ scopes: z.array(z.string()) }),
    annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
    run: (_args, { scopes: granted }) => ({ scopes: [...granted] }),
  });

let server: Started;
beforeAll(async () => {
  const tools = [
    needs('read', 'todo:read'),
    needs('write', 'todo:write'),
    needs('all', 'todo:write', 'todo:admin'),
  ];
  server = await start({ scopes, tools });
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
  it('allows what those allow, over several steps', async () => {
    expect(await ask('read', 'todo:write')).toMatchObject({
      status: 200,
      scopes: ['todo:write', 'todo:read'],
    });
    expect((await ask('read', 'todo:admin')).status).toBe(200);
    expect((await ask('all', 'todo:admin')).status).toBe(200);
  });

  it('does not follow from them', async () => {
    expect((await ask('write', 'todo:read')).status).toBe(403);
  });

  it('may have the name of a member of every object', async () => {
    expect(await ask('write', 'todo:write', 'constructor')).toMatchObject({ status: 200 });
  });
});

describe('a challenge', () => {
  it('asks for the base scopes only at first', async () => {
    const { headers } = await post(server.endpoint, { message: call('read') });
    expect(headers.get('www-authenticate')).toContain('scope="todo:read"');
  });

  it('asks for the base, for what the token has, and for what the tool needs', async () => {
    expect((await ask('write')).scope).toBe('todo:read todo:write');
    expect((await ask('all', 'todo:write', 'constructor')).scope).toBe(
      'todo:read todo:write todo:admin constructor',
    );
  });

  it('names the missing scopes', async () => {
    expect((await ask('write', 'todo:read')).description).toBe(insufficientPermissions('todo:write'));
    expect((await ask('all')).description).toBe(insufficientPermissions('todo:write', 'todo:admin'));
  });
});

describe('defining scopes', () => {
  it('asks clients for all of them by default', () => {
    expect(defineScopes({ b: 'B', a: 'A' }).scopes.base).toEqual(['b', 'a']);
  });

  it.each([
    ['a name that Scalekit does not take', { 'todo-read': 'x' }, {}, /contains "-"/],
    ['a name of the authorization server', { openid: 'x' }, {}, /belongs to the authorization server/],
    [
      'refuses a base scope that is not defined',
      { a: 'A' },
      { base: ['b'] },
      /The scope b is named, and not defined/,
    ],
    ['an implied scope that is not defined', { a: 'A' }, { implied: { a: ['b'] } }, /The scope b/],
  ])('refuses %s', (_name, descriptions, options, message) => {
    expect(() =>
      defineScopes(descriptions as Record<string, string>, options as ScopeOptions<string>),
    ).toThrow(message);
  });

  it('refuses a tool whose scope is not among those of auth', async () => {
    const other = defineScopes({ 'notes:read': 'Read' });
    const foreign = other.tool({ ...declaration, scopes: ['notes:read'] });
    await expect(start({ scopes, tools: [foreign] })).rejects.toThrow(
      'reads needs the scope notes:read, which is not among the scopes of auth',
    );
  });

  it('does not compile with a misspelt scope', () => {
    // @ts-expect-error: there is no such scope.
    expect(tool({ ...declaration, scopes: ['todo:reed'] }).scopes).toEqual(['todo:reed']);
    // @ts-expect-error: nor is there one of this name.
    expect(() => defineScopes({ a: 'A' }, { base: ['b'] })).toThrow();
  });

  it('lists every denial, taking implied scopes into account', () => {
    const read = needs('read', 'todo:read');
    expect(denials([read], scopes)).toEqual([
      {
        name: 'read',
        missing: 'todo:read',
        granted: ['constructor', '__proto__'],
        error: insufficientPermissions('todo:read'),
      },
    ]);
  });
});

const declaration = {
  name: 'reads',
  title: 'Reads',
  description: 'Reads.',
  input: z.object({}),
  output: z.object({}),
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  run: () => ({}),
} as const;
