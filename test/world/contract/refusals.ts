import { describe, expect, test } from 'vitest';
import type { MintOptions } from '../../../src/emulator/index.ts';
import { serverUrls } from '../../../src/scalekit/index.ts';
import { type Answer, send } from '../../../src/server/testing/index.ts';
import type { Ground } from '../../security/server.ts';
import { until } from '../../support/waiting.ts';
import { callTool, challengeOf, eras, scopesOf } from './requests.ts';

const now = () => Math.floor(Date.now() / 1000);

/** Which tokens are accepted, and how the others are refused. */
const good: Record<string, (ground: Ground) => MintOptions> = {
  'as Scalekit gives it': () => ({}),
  'of the older issuer, the environment': ({ emulator }) => ({ issuer: emulator.url }),
  'for the resource id alone': ({ emulator }) => ({ audience: emulator.resourceId }),
  'with the scopes array alone': () => ({ claims: { scope: undefined, scopes: ['todo:read'] } }),
  'with half of its scopes in each claim': () => ({
    claims: { scope: 'openid', scopes: ['todo:read'] },
  }),
  'typed JWT': () => ({ header: { typ: 'JWT' } }),
  'expired half a minute ago, by this clock': () => ({ expiresIn: -30 }),
};

const bad: Record<string, readonly [reason: string, (ground: Ground) => MintOptions]> = {
  'for another server': ['token_audience', () => ({ audience: ['https://other.example/', 'res_999'] })],
  // The resource id names this server; other servers of the environment may have had this URL before.
  'for the server URL alone': ['token_audience', ({ emulator }) => ({ audience: emulator.mcpUrl })],
  'without an audience': ['token_audience', () => ({ claims: { aud: undefined } })],
  'of another issuer': ['token_issuer', () => ({ issuer: 'https://other.scalekit.dev' })],
  'of another server of the environment': [
    'token_issuer',
    ({ emulator }) => ({ issuer: `${emulator.url}/resources/res_999` }),
  ],
  'that has expired': ['token_expired', () => ({ expiresIn: -120 })],
  'that is not valid yet': ['token_not_yet_valid', () => ({ claims: { nbf: now() + 600 } })],
  'without an end': ['token_malformed', () => ({ claims: { exp: undefined } })],
  'that lives for years': ['token_lifetime', () => ({ expiresIn: 1e9 })],
  'without a subject': ['token_subject', () => ({ claims: { sub: undefined } })],
  'that is an id token': ['token_type', () => ({ header: { typ: 'id+jwt' } })],
  'that is bound to its sender': ['token_sender_bound', () => ({ claims: { cnf: { jkt: 'x' } } })],
  'signed with a foreign key': ['token_key_unknown', () => ({ foreignKey: true })],
};

/** 401 and 403, with challenges that tell a client how to go on. */
export function describeRefusals(ground: () => Ground): void {
  const metadata = () => serverUrls(ground().emulator.mcpUrl).metadata;
  const list = (token: string | undefined) => callTool(ground(), token, 'list_todos');

  function expectChallenge(answer: Answer, status: number): void {
    expect(answer.status, answer.text).toBe(status);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
    expect(challengeOf(answer).resource_metadata).toBe(metadata());
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.json).toMatchObject({ jsonrpc: '2.0', error: { message: expect.any(String) } });
  }

  describe('without a good token', () => {
    test('no token: 401 that says where to get one, with all scopes, and no error (RFC 6750, 3.1)', async () => {
      const answer = await list(undefined);
      expectChallenge(answer, 401);
      expect(challengeOf(answer).error).toBeUndefined();
      expect(scopesOf(answer)).toEqual(expect.arrayContaining(['todo:read', 'todo:write']));
      expect(answer.json.error.data.reason).toBe('no_token');
    });

    test.each(Object.keys(good))('a token %s is accepted', async (name) => {
      const answer = await list(await ground().emulator.mint(good[name]?.(ground())));
      expect(answer.status, answer.text).toBe(200);
    });

    test.each(Object.keys(bad))('a token %s: 401', async (name) => {
      const [reason, options] = bad[name] ?? ['', () => ({})];
      const token = await ground().emulator.mint(options(ground()));
      const answer = await list(token);
      expectChallenge(answer, 401);
      expect(challengeOf(answer).error).toBe('invalid_token');
      expect(answer.json.error.data.reason).toBe(reason);
      expect(answer.text).not.toContain(token);
    });

    test.each([
      ['garbage', 'token_malformed'],
      ['eyJhbGciOiJub25lIn0.e30.', 'token_malformed'],
    ])('the token %s: 401', async (token, reason) => {
      const answer = await list(token);
      expectChallenge(answer, 401);
      expect(answer.json.error.data.reason).toBe(reason);
    });

    test('a changed signature: 401', async () => {
      const [header, payload, signature = ''] = (await ground().emulator.mint()).split('.');
      const answer = await list(`${header}.${payload}.${signature.slice(8)}${signature.slice(0, 8)}`);
      expectChallenge(answer, 401);
      expect(answer.json.error.data.reason).toBe('token_signature');
    });

    test('two Authorization headers: 400, although both are good', async () => {
      const bearer = `Bearer ${await ground().emulator.mint()}`;
      const { headers, body } = eras[0]?.call('tools/list') ?? {};
      const answer = await send(ground().server.endpoint, {
        headers: { ...headers, authorization: [bearer, bearer] },
        body,
      });
      expect(answer.status).toBe(400);
    });

    test('a token in the URL is not read: 400', async () => {
      const { headers = {}, body } = eras[0]?.call('tools/list') ?? {};
      const url = `${ground().server.endpoint}?access_token=${await ground().emulator.mint()}`;
      const answer = await send(url, { headers, body });
      expect(answer.status).toBe(400);
    });
  });

  describe.each(eras)('without the scope, $version', (era) => {
    test.each([
      ['create_todo', { title: 'not made' }, 'todo:read', 'todo:write'],
      ['delete_todo', { todo_id: 'x' }, 'todo:read', 'todo:write'],
      ['list_todos', {}, 'todo:write', 'todo:read'],
    ])('%s: 403 before it runs', async (name, args, granted, needed) => {
      const token = await ground().emulator.mint({ subject: 'usr_denied', scopes: [granted] });
      const answer = await callTool(ground(), token, name, args, era);
      expectChallenge(answer, 403);
      expect(challengeOf(answer).error).toBe('insufficient_scope');
      // It names the granted scopes too: clients ask for what the challenge names, and for nothing else.
      expect(scopesOf(answer)).toEqual(expect.arrayContaining([granted, needed]));
      expect(answer.text).toContain(`Insufficient permissions: \`${needed}\` scope required.`);
    });

    test('nothing was created', async () => {
      const token = await ground().emulator.mint({ subject: 'usr_denied' });
      const answer = await callTool(ground(), token, 'list_todos', {}, era);
      expect(answer.json.result.structuredContent).toEqual({ todos: [] });
    });
  });

  test('every refusal is logged with its reason, and without a token', async () => {
    const { emulator, server } = ground();
    const token = await emulator.mint({ subject: 'usr_logged', expiresIn: -120 });
    await list(token);
    const line = await until('the refusal is logged', () =>
      server.log.find(({ event, subject }) => event === 'refused' && subject === 'usr_logged'),
    );
    expect(line).toMatchObject({ reason: 'token_expired', status: 401 });
    const log = server.program.output;
    for (const part of token.split('.')) expect(log).not.toContain(part);
    expect(log).not.toMatch(/eyJ[\w-]+\./);
  });
}
