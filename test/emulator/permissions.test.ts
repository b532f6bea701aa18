import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import {
  answerConsent,
  authorizationRequest,
  Browser,
  claimsOf,
  discover,
  exchange,
  openConsent,
  refresh,
  register,
} from './walk.ts';

// "Intersect with user permissions": a person's roles narrow their tokens (docs/scalekit.md#scopes-and-refresh-tokens).

const roles = { viewer: ['todo:read'], editor: ['todo:read', 'todo:write'], guest: [] };
const users = [
  { id: 'usr_1', name: 'Viewer', email: 'viewer@example.com', roles: ['viewer'] },
  { id: 'usr_2', name: 'Editor', email: 'editor@example.com', roles: ['viewer', 'editor'] },
  { id: 'usr_3', name: 'Guest', email: 'guest@example.com', roles: ['guest'] },
  { id: 'usr_4', name: 'Nobody', email: 'nobody@example.com' },
];

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ roles, users, userPermissions: true });
});
afterEach(async () => {
  emulator.configure({ roles, users, userPermissions: true });
  await emulator.reset();
});
afterAll(() => emulator.close());

/** Signs somebody in on the consent page, who allows everything. */
async function signIn(user: string, scope = 'todo:read todo:write offline_access') {
  const server = await discover(emulator);
  const client = await register(server);
  const request = await authorizationRequest(emulator, server, client.client_id, { scope });
  const browser = new Browser();
  const form = (await openConsent(browser, request.url)).select(user);
  const callback = await answerConsent(browser, form);
  return { server, client, page: form.page, tokens: await exchange(server, client, request, callback) };
}

describe('with user permissions', () => {
  test('a person without the permission gets a valid token without the scope', async () => {
    const { tokens, page } = await signIn('usr_1');
    expect(tokens.scope).toBe('todo:read offline_access');
    expect(claimsOf(tokens.access_token)).toMatchObject({
      sub: 'usr_1',
      scope: 'todo:read offline_access',
      roles: ['viewer'],
      permissions: ['todo:read'],
    });
    expect(page).toContain('<span>viewer, editor</span>');
  });

  test('roles add up, and a person without roles gets no scope of the server', async () => {
    const editor = await signIn('usr_2');
    expect(claimsOf(editor.tokens.access_token)).toMatchObject({
      scope: 'todo:read todo:write offline_access',
      permissions: ['todo:read', 'todo:write'],
    });
    for (const user of ['usr_3', 'usr_4']) {
      const claims = claimsOf((await signIn(user, 'todo:read todo:write')).tokens.access_token);
      expect(claims).toMatchObject({ sub: user, scope: '' });
      expect(claims).not.toHaveProperty('permissions');
    }
  });

  test('a removed role narrows the next token of a connection', async () => {
    const connection = await signIn('usr_2');
    emulator.configure({ roles: { ...roles, editor: [] } });
    const renewed = await refresh(connection, connection.tokens.refresh_token);
    expect(renewed.scope).toBe('todo:read offline_access');
    expect(claimsOf(renewed.access_token).scope).toBe('todo:read offline_access');
  });

  test('minted tokens are narrowed too, but not those of machines', async () => {
    expect(claimsOf(await emulator.mint()).scope).toBe('todo:read');
    expect(claimsOf(await emulator.mint({ subject: emulator.machineClient.clientId })).scope).toBe(
      'todo:read todo:write',
    );
  });
});

test('without user permissions, roles are in the token and narrow nothing', async () => {
  emulator.configure({ userPermissions: false });
  const { tokens } = await signIn('usr_1', 'todo:read todo:write');
  expect(claimsOf(tokens.access_token)).toMatchObject({
    scope: 'todo:read todo:write',
    roles: ['viewer'],
    permissions: ['todo:read'],
  });
});
