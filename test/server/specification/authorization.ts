// Authorization: `basic/authorization/…`.
import { expect } from 'vitest';
import { send } from '../../../src/server/testing/index.ts';
import { ask, call, type Statement } from './ground.ts';

const page = 'basic/authorization';
const challengeOf = (answer: { headers: Readonly<Record<string, unknown>> }) =>
  String(answer.headers['www-authenticate']);

export const authorization: readonly Statement[] = [
  {
    page: 'basic/authorization/authorization-server-discovery',
    level: 'MUST',
    says: 'Protected resource metadata names at least one authorization server, at the path of the endpoint and at the root.',
    async held({ url, endpoint, scalekit }) {
      for (const path of [
        '.well-known/oauth-protected-resource',
        '.well-known/oauth-protected-resource/mcp',
      ]) {
        const { status, json } = await send(`${url}${path}`);
        expect(status).toBe(200);
        expect(json).toMatchObject({ resource: endpoint });
        expect(json.authorization_servers[0]).toContain(scalekit.url);
      }
    },
  },
  {
    page: 'basic/authorization/authorization-server-discovery',
    level: 'MUST',
    says: 'The challenge of a 401 has the absolute URL of the metadata as `resource_metadata`.',
    async held({ endpoint, url }) {
      const answer = await send(endpoint, { body: {} });
      expect(answer.status).toBe(401);
      expect(challengeOf(answer)).toContain(
        `resource_metadata="${url}.well-known/oauth-protected-resource/mcp"`,
      );
    },
  },
  {
    page,
    level: 'SHOULD',
    says: 'The challenge of a 401 has the scopes; `offline_access` is neither there nor in `scopes_supported`.',
    async held({ endpoint, url }) {
      expect(challengeOf(await send(endpoint, { body: {} }))).toContain('scope="todo:read todo:write"');
      const { json } = await send(`${url}.well-known/oauth-protected-resource`);
      expect(json.scopes_supported).toEqual(['todo:read', 'todo:write']);
    },
  },
  {
    page,
    level: 'MUST',
    says: 'An invalid or expired token is HTTP 401.',
    async held(ground) {
      for (const token of ['garbage', await ground.scalekit.mint({ expiresIn: -120 })]) {
        const answer = await ask(ground, 'tools/list', {}, { token });
        expect(answer.status).toBe(401);
        expect(challengeOf(answer)).toContain('error="invalid_token"');
      }
    },
  },
  {
    page,
    level: 'MUST',
    says: 'Only tokens whose audience is this server are accepted, and only of its authorization server.',
    async held(ground) {
      for (const claims of [
        { aud: 'https://other.example/' },
        { aud: undefined },
        { iss: 'https://other.example' },
      ]) {
        const token = await ground.scalekit.mint({ claims });
        expect((await ask(ground, 'tools/list', {}, { token })).status, JSON.stringify(claims)).toBe(401);
      }
    },
  },
  {
    page,
    level: 'MUST',
    says: 'A token is in every request, in the header alone: one in the URL is refused.',
    async held(ground) {
      expect((await ask(ground, 'tools/list')).status).toBe(200);
      const { endpoint, token } = ground;
      expect((await send(endpoint, { body: {} })).status).toBe(401);
      for (const name of ['access_token', 'token'])
        expect((await send(`${endpoint}?${name}=${token}`, { body: {} })).status).toBeGreaterThan(399);
    },
  },
  {
    page,
    level: 'MUST',
    says: 'A malformed authorization is HTTP 400 or 401.',
    async held({ endpoint, token }) {
      for (const authorization of [
        'Basic eDp5',
        'Bearer',
        `Bearer ${token} x`,
        `Bearer ${token}, Bearer ${token}`,
      ]) {
        const { status } = await send(endpoint, { headers: { authorization }, body: {} });
        expect([400, 401], authorization).toContain(status);
      }
    },
  },
  {
    page,
    level: 'SHOULD',
    says: 'Missing scopes are HTTP 403 `insufficient_scope`, with all that the operation needs in one challenge.',
    async held(ground) {
      const token = await ground.scalekit.mint({ scopes: [] });
      const answer = await ask(ground, 'tools/call', call('both'), { token });
      expect(answer.status).toBe(403);
      expect(challengeOf(answer)).toContain('error="insufficient_scope"');
      expect(challengeOf(answer)).toContain('scope="todo:read todo:write"');
      expect(challengeOf(answer)).toContain('resource_metadata=');
    },
  },
  {
    page,
    level: 'MUST',
    says: 'A broader scope counts for those that it includes.',
    held: 'test/server/scopes.test.ts',
  },
  {
    page,
    level: 'MUST',
    says: 'A token is passed on to nobody: a tool does not get it.',
    async held(ground) {
      const { text } = await ask(ground, 'tools/call', call('shows'));
      expect(text).toContain('usr_1');
      expect(text).not.toContain(ground.token.split('.')[2]);
    },
  },
];
