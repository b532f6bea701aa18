import type * as oauth from 'oauth4webapi';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { allow, answer, visit } from './consent-visit.ts';
import {
  authorizationRequest,
  Browser,
  claimsOf,
  discover,
  exchange,
  Form,
  locationOf,
  register,
} from './walk.ts';

let emulator: Emulator;
let server: oauth.AuthorizationServer;
beforeAll(async () => {
  emulator = await startEmulator();
  server = await discover(emulator);
});
afterEach(() => emulator.reset());
afterAll(() => emulator.close());

describe('a person’s path through the page, without a script', () => {
  test('the page shows who asks, where the answer goes, for what, and as whom', async () => {
    const { form, client } = await visit(emulator, {}, { client_name: 'An Inspector' });
    expect(form.page).toContain('<h1>Allow <bdi>An Inspector</bdi> to use your MCP server?</h1>');
    expect(form.page).toContain('<span class="where">localhost:6274</span>');
    expect(form.page).toContain('http://localhost:3002/mcp');
    expect(form.page).toContain(client.client_id);
    expect(form.page).toContain('never use it in\nproduction');
    expect(form.offered('scope')).toEqual(['todo:read', 'todo:write']);
    expect(form.chosen('scope')).toEqual(['todo:read', 'todo:write']);
    expect(form.offered('user')).toEqual(emulator.users.map((user) => user.id));
    expect(form.chosen('user')).toEqual(['usr_1000000000000003']);
  });

  test('Allow gives a token with the requested scopes', async () => {
    const tokens = await allow(await visit(emulator));
    expect(claimsOf(tokens.access_token)).toMatchObject({
      sub: 'usr_1000000000000003',
      scope: 'todo:read todo:write',
    });
  });

  test('an unticked scope is not granted, and not asked for again at once', async () => {
    const visited = await visit(emulator);
    visited.form.untick('todo:write');
    const tokens = await allow(visited);
    expect(tokens.scope).toBe('todo:read');
    expect(claimsOf(tokens.access_token).scope).toBe('todo:read');
  });

  test('a client that asks for more scopes gets the page again, with everything ticked', async () => {
    const browser = new Browser();
    const first = await visit(emulator, {}, {}, browser);
    first.form.untick('todo:write');
    await allow(first);
    const again = await visit(emulator, {}, {}, browser);
    expect(again.form.chosen('scope')).toEqual(['todo:read', 'todo:write']);
    expect((await allow(again)).scope).toBe('todo:read todo:write');
  });

  test('with nothing ticked the page says so, and keeps the choices', async () => {
    const { browser, form } = await visit(emulator, { scope: 'todo:read todo:write offline_access' });
    form.untick('todo:read').untick('todo:write').select('usr_1000000000000004');
    const response = await browser.open(form.action, form.press('allow'));
    expect(response.status).toBe(400);
    const again = await Form.of(response);
    expect(again.page).toContain('role="alert"');
    expect(again.page).toContain('Select at least one permission');
    expect(again.chosen('scope')).toEqual(['offline_access']);
    expect(again.chosen('user')).toEqual(['usr_1000000000000004']);
  });

  test('Deny sends access_denied to the client', async () => {
    const visited = await visit(emulator);
    const callback = await answer(visited, 'deny');
    expect(Object.fromEntries(callback.searchParams)).toEqual({
      error: 'access_denied',
      error_description: 'the person denied access',
      iss: server.issuer,
      state: visited.request.state,
    });
  });

  test('the second user is another subject, and is preselected the next time', async () => {
    const browser = new Browser();
    const first = await visit(emulator, {}, {}, browser);
    first.form.select('usr_1000000000000004');
    expect(claimsOf((await allow(first)).access_token).sub).toBe('usr_1000000000000004');
    const next = await visit(emulator, {}, {}, browser);
    expect(next.form.chosen('user')).toEqual(['usr_1000000000000004']);
    next.form.select('usr_1000000000000003');
    expect(claimsOf((await allow(next)).access_token).sub).toBe('usr_1000000000000003');
  });

  test.each(['second.user@example.com', 'usr_1000000000000004'])(
    'login_hint=%s selects a user',
    async (hint) => {
      expect((await visit(emulator, { login_hint: hint })).form.chosen('user')).toEqual([
        'usr_1000000000000004',
      ]);
    },
  );

  test('an unknown user cannot log in', async () => {
    const { browser, form } = await visit(emulator);
    const body = form.press('allow');
    body.set('user', 'usr_1');
    const response = await browser.open(form.action, body);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('Choose a user to sign in as.');
  });

  test('a scope that was not requested cannot be added in the form', async () => {
    const visited = await visit(emulator, { scope: 'todo:read' });
    const body = visited.form.press('allow');
    body.append('scope', 'todo:write');
    body.append('scope', 'offline_access');
    const resume = locationOf(await visited.browser.open(visited.form.action, body));
    const callback = locationOf(await visited.browser.open(resume));
    const tokens = await exchange(server, visited.client, visited.request, callback);
    expect(tokens.scope).toBe('todo:read');
    expect(tokens).not.toHaveProperty('refresh_token');
  });

  test('two tabs do not interfere with each other', async () => {
    const browser = new Browser();
    const one = await visit(emulator, {}, {}, browser);
    const two = await visit(emulator, { scope: 'todo:read' }, {}, browser);
    two.form.select('usr_1000000000000004');
    expect(claimsOf((await allow(two)).access_token)).toMatchObject({
      scope: 'todo:read',
      sub: 'usr_1000000000000004',
    });
    expect(claimsOf((await allow(one)).access_token)).toMatchObject({ sub: 'usr_1000000000000003' });
  });
});

describe('scopes', () => {
  test('offline_access is explained, and can be unticked', async () => {
    const scope = 'todo:read offline_access';
    const visited = await visit(emulator, { scope });
    expect(visited.form.page).toContain('a refresh token');
    expect(await allow(visited)).toHaveProperty('refresh_token');
    const other = await visit(emulator, { scope });
    other.form.untick('offline_access');
    expect(await allow(other)).not.toHaveProperty('refresh_token');
  });

  test('without a scope, all are requested', async () => {
    for (const scope of [undefined, '', ' ']) {
      const { form } = await visit(emulator, { scope });
      expect(form.offered('scope')).toEqual(['todo:read', 'todo:write']);
    }
  });

  test('an undefined scope is left out, and the page says so', async () => {
    const visited = await visit(emulator, { scope: 'openid profile todo:read Todo:Write' });
    expect(visited.form.offered('scope')).toEqual(['todo:read']);
    expect(visited.form.page).toContain('not have: <code>Todo:Write</code>');
    expect(visited.form.page).toContain('It also learns who you are');
    const tokens = await allow(visited);
    // OpenID scopes are granted though nothing lists them (docs/scalekit.md#scopes-and-refresh-tokens).
    expect(tokens.scope?.split(' ').sort()).toEqual(['openid', 'profile', 'todo:read']);
    expect(claimsOf(tokens.access_token).scope).toBe(tokens.scope);
    expect(claimsOf(tokens.id_token ?? '')).toMatchObject({ sub: 'usr_1000000000000003' });
  });

  test('with only undefined scopes, the client is told the valid names (documented failure 11)', async () => {
    const client = await register(server);
    const { url } = await authorizationRequest(emulator, server, client.client_id, { scope: 'Todo:Read' });
    const callback = locationOf(await new Browser().open(url));
    expect(callback.searchParams.get('error')).toBe('invalid_scope');
    expect(callback.searchParams.get('error_description')).toContain('todo:read todo:write');
  });

  test('descriptions come from the options', async () => {
    emulator.configure({
      scopes: [{ name: 'notes:read', description: 'Look at <your> notes' }, 'notes:write'],
    });
    const { form } = await visit(emulator);
    expect(form.page).toContain('Look at &lt;your&gt; notes');
    expect(form.page).toContain('Create, change and delete notes');
    emulator.configure({ scopes: ['todo:read', 'todo:write'] });
  });

  test('another resource is refused with the right one', async () => {
    const client = await register(server);
    for (const resource of [
      'http://127.0.0.1:3002/mcp',
      'http://localhost:3002/mcp/',
      'res_2',
      'urn:x',
      '::',
    ]) {
      const { url } = await authorizationRequest(emulator, server, client.client_id, { resource });
      const callback = locationOf(await new Browser().open(url));
      expect(callback.searchParams.get('error')).toBe('invalid_target');
    }
  });

  test('prompt=none is refused, since nobody stays signed in', async () => {
    const browser = new Browser();
    const visited = await visit(emulator, {}, {}, browser);
    await allow(visited);
    const { url } = await authorizationRequest(emulator, server, visited.client.client_id, {
      prompt: 'none',
    });
    expect(locationOf(await browser.open(url)).searchParams.get('error')).toBe('login_required');
  });

  test('prompt values of other servers are ignored', async () => {
    expect((await visit(emulator, { prompt: 'select_account' })).form.offered('user')).toHaveLength(2);
  });
});

test('the front page says that the local Scalekit runs, and how to use it', async () => {
  const page = await (await fetch(emulator.url)).text();
  expect(page).toContain('<h1>The local Scalekit is running</h1>');
  for (const [name, value] of Object.entries(emulator.variables)) expect(page).toContain(`${name}=${value}`);
});
