// What the server says about itself, and about the caller.
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Call } from '../../src/server/call.ts';
import { send } from '../../src/server/testing/index.ts';
import { envelope } from '../support/messages.ts';
import { call, post, type Started, start, tool } from './support.ts';

let server: Started | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
};
const discover = { jsonrpc: '2.0', id: 1, method: 'server/discover', params: { _meta: envelope } };

async function ask(message: object, headers: Record<string, string> = {}): Promise<string> {
  if (server === undefined) throw new Error('There is no server');
  const answer = await post(server.endpoint, { token: await server.scalekit.mint(), message, headers });
  return JSON.stringify(await answer.json());
}

describe('a server', () => {
  const websiteUrl = 'https://todo.example/about';
  const icons = [{ src: 'https://todo.example/icon.png', mimeType: 'image/png', sizes: ['48x48'] }];

  it('shows clients of both eras its website, its icons and its instructions', async () => {
    const instructions = 'Keeps todos. Ask for the list first.';
    server = await start({ websiteUrl, icons, instructions });
    const modern = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'server/discover' };
    for (const answer of [await ask(initialize), await ask(discover, modern)]) {
      expect(answer).toContain(`"websiteUrl":"${websiteUrl}"`);
      expect(answer).toContain(`"icons":${JSON.stringify(icons)}`);
      expect(answer).toContain(instructions);
    }
  });

  it.each([
    ['a website', { websiteUrl: '/about' }],
    ['a website', { websiteUrl: 'javascript:alert(1)' }],
    ['an icon', { icons: [{ src: 'icon.png' }] }],
  ])('refuses a %s that no client can show: %j', async (_what, about) => {
    await expect(start(about)).rejects.toThrow('Expected: an absolute URL, https: or data:');
  });

  it.each([
    ['a first paragraph that every client reads', `${'a'.repeat(512)}\n\n${'b'.repeat(2000)}`, 0],
    ['a paragraph that some would read half of', 'a'.repeat(513), 1],
  ])('warns about instructions that clients cut off: %s', async (_what, instructions, times) => {
    server = await start({ instructions });
    expect(server.log.filter(({ event }) => event === 'instructions_cut')).toHaveLength(times);
  });

  it("answers OpenAI's directory challenge when it has a token for it", async () => {
    server = await start({ openaiAppsChallenge: 'token-123', path: '/team/' });
    const { origin } = new URL(server.url);
    for (const prefix of ['', '/team']) {
      const answer = await send(`${origin}${prefix}/.well-known/openai-apps-challenge`);
      expect([answer.status, answer.text]).toEqual([200, 'token-123']);
      expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    }
    await server.stop();
    server = await start();
    expect((await send(`${server.url}.well-known/openai-apps-challenge`)).status).toBe(404);
  });
});

describe('who calls', () => {
  async function userWith(claims: Record<string, unknown>): Promise<Call['user']> {
    const seen: Call['user'][] = [];
    const look = tool({
      name: 'look',
      title: 'Look',
      description: 'Looks at who calls.',
      scopes: [],
      input: z.object({}),
      output: z.object({}),
      annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
      run(_args, { user }) {
        seen.push(user);
        return {};
      },
    });
    server = await start({ tools: [look] });
    const token = await server.scalekit.mint({ claims });
    expect((await post(server.endpoint, { token, message: call('look') })).status).toBe(200);
    const [user] = seen;
    if (user === undefined) throw new Error('Nobody has called');
    return user;
  }

  it.each([
    ['oid', { oid: 'org_1', org_id: undefined }, 'org_1'],
    ['org_id, as older tokens have it', { oid: undefined, org_id: 'org_2' }, 'org_2'],
    ['oid before org_id', { oid: 'org_1', org_id: 'org_2' }, 'org_1'],
    ['nothing', { oid: undefined }, undefined],
    ['nothing from what is no text', { oid: { id: 'org_1' } }, undefined],
    ['nothing from an empty text', { oid: '' }, undefined],
  ])('knows the organization: %s', async (_what, claims, organization) => {
    expect((await userWith(claims)).organization).toBe(organization);
  });

  it('has roles and permissions when the claims are lists of strings', async () => {
    expect(await userWith({ roles: ['admin', 7], permissions: ['todo:admin'] })).toMatchObject({
      roles: ['admin'],
      permissions: ['todo:admin'],
    });
    await server?.stop();
    expect(await userWith({ roles: 'admin', permissions: undefined })).toMatchObject({
      roles: [],
      permissions: [],
    });
  });

  it.each([
    ['person', { sub: 'usr_1', client_id: 'm2m_1' }],
    ['person', { sub: 'usr_1', client_id: undefined }],
    ['machine', { sub: 'm2m_1', client_id: 'm2m_1' }],
  ])('is a %s: %j', async (kind, claims) => {
    expect((await userWith(claims)).kind).toBe(kind);
  });
});
