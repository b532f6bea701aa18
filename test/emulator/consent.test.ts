import { createHash } from 'node:crypto';
import type * as oauth from 'oauth4webapi';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import {
  answerConsent,
  authorizationRequest,
  Browser,
  claimsOf,
  discover,
  exchange,
  Form,
  locationOf,
  type Request,
  redirectUri,
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

interface Visit {
  readonly browser: Browser;
  readonly client: oauth.Client;
  readonly request: Request;
  readonly form: Form;
}

/** Sends a person to the consent page. */
async function visit(
  parameters: Record<string, string | undefined> = {},
  metadata: Partial<oauth.Client> = {},
  browser = new Browser(),
): Promise<Visit> {
  const client = await register(server, metadata);
  const [first = redirectUri] = client.redirect_uris as string[];
  const request = await authorizationRequest(emulator, server, client.client_id, {
    redirect_uri: first,
    ...parameters,
  });
  const page = locationOf(await browser.open(request.url));
  expect(page.pathname).toMatch(/^\/consent\//);
  const response = await browser.open(page);
  expect(response.status).toBe(200);
  return { browser, client, request, form: await Form.of(response) };
}

/** Presses a button, and follows the way back to the client. */
const answer = ({ browser, form }: Visit, decision: 'allow' | 'deny') =>
  answerConsent(browser, form, decision);

async function allow(visited: Visit): Promise<oauth.TokenEndpointResponse> {
  return exchange(server, visited.client, visited.request, await answer(visited, 'allow'));
}

describe('the way of a person, without a script', () => {
  test('who asks, where the answer goes, for what, as whom', async () => {
    const { form, client } = await visit({}, { client_name: 'An Inspector' });
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

  test('Allow: a token for what was asked', async () => {
    const tokens = await allow(await visit());
    expect(claimsOf(tokens.access_token)).toMatchObject({
      sub: 'usr_1000000000000003',
      scope: 'todo:read todo:write',
    });
  });

  test('what is unticked is not granted, and not asked for again in the same breath', async () => {
    const visited = await visit();
    visited.form.untick('todo:write');
    const tokens = await allow(visited);
    expect(tokens.scope).toBe('todo:read');
    expect(claimsOf(tokens.access_token).scope).toBe('todo:read');
  });

  test('a client that steps up is asked anew, with everything ticked', async () => {
    const browser = new Browser();
    const first = await visit({}, {}, browser);
    first.form.untick('todo:write');
    await allow(first);
    const again = await visit({}, {}, browser);
    expect(again.form.chosen('scope')).toEqual(['todo:read', 'todo:write']);
    expect((await allow(again)).scope).toBe('todo:read todo:write');
  });

  test('nothing ticked: the page says so, and keeps what was chosen', async () => {
    const { browser, form } = await visit({ scope: 'todo:read todo:write offline_access' });
    form.untick('todo:read').untick('todo:write').select('usr_1000000000000004');
    const response = await browser.open(form.action, form.press('allow'));
    expect(response.status).toBe(400);
    const again = await Form.of(response);
    expect(again.page).toContain('role="alert"');
    expect(again.page).toContain('Select at least one permission');
    expect(again.chosen('scope')).toEqual(['offline_access']);
    expect(again.chosen('user')).toEqual(['usr_1000000000000004']);
  });

  test('Deny: the client hears access_denied', async () => {
    const visited = await visit();
    const callback = await answer(visited, 'deny');
    expect(Object.fromEntries(callback.searchParams)).toEqual({
      error: 'access_denied',
      error_description: 'the person denied access',
      iss: server.issuer,
      state: visited.request.state,
    });
  });

  test('the second user is another subject, and is proposed the next time', async () => {
    const browser = new Browser();
    const first = await visit({}, {}, browser);
    first.form.select('usr_1000000000000004');
    expect(claimsOf((await allow(first)).access_token).sub).toBe('usr_1000000000000004');
    const next = await visit({}, {}, browser);
    expect(next.form.chosen('user')).toEqual(['usr_1000000000000004']);
    next.form.select('usr_1000000000000003');
    expect(claimsOf((await allow(next)).access_token).sub).toBe('usr_1000000000000003');
  });

  test.each(['second.user@example.com', 'usr_1000000000000004'])(
    'login_hint=%s selects a user',
    async (hint) => {
      expect((await visit({ login_hint: hint })).form.chosen('user')).toEqual(['usr_1000000000000004']);
    },
  );

  test('somebody who does not exist cannot log in', async () => {
    const { browser, form } = await visit();
    const body = form.press('allow');
    body.set('user', 'usr_1');
    const response = await browser.open(form.action, body);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('Choose a user to sign in as.');
  });

  test('a scope that was not asked for cannot be slipped in', async () => {
    const visited = await visit({ scope: 'todo:read' });
    const body = visited.form.press('allow');
    body.append('scope', 'todo:write');
    body.append('scope', 'offline_access');
    const resume = locationOf(await visited.browser.open(visited.form.action, body));
    const callback = locationOf(await visited.browser.open(resume));
    const tokens = await exchange(server, visited.client, visited.request, callback);
    expect(tokens.scope).toBe('todo:read');
    expect(tokens).not.toHaveProperty('refresh_token');
  });

  test('two tabs do not disturb each other', async () => {
    const browser = new Browser();
    const one = await visit({}, {}, browser);
    const two = await visit({ scope: 'todo:read' }, {}, browser);
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
    const visited = await visit({ scope });
    expect(visited.form.page).toContain('a refresh token');
    expect(await allow(visited)).toHaveProperty('refresh_token');
    const other = await visit({ scope });
    other.form.untick('offline_access');
    expect(await allow(other)).not.toHaveProperty('refresh_token');
  });

  test('without a scope, all are asked for', async () => {
    for (const scope of [undefined, '', ' ']) {
      const { form } = await visit({ scope });
      expect(form.offered('scope')).toEqual(['todo:read', 'todo:write']);
    }
  });

  test('what is not defined is left out, and the page says so', async () => {
    const visited = await visit({ scope: 'openid profile todo:read Todo:Write' });
    expect(visited.form.offered('scope')).toEqual(['todo:read']);
    expect(visited.form.page).toContain('not have: <code>Todo:Write</code>');
    expect(visited.form.page).toContain('It also learns who you are');
    const tokens = await allow(visited);
    // OpenID scopes are granted though nothing lists them (docs/scalekit.md#scopes-and-refresh-tokens).
    expect(tokens.scope?.split(' ').sort()).toEqual(['openid', 'profile', 'todo:read']);
    expect(claimsOf(tokens.access_token).scope).toBe(tokens.scope);
    expect(claimsOf(tokens.id_token ?? '')).toMatchObject({ sub: 'usr_1000000000000003' });
  });

  test('nothing defined at all: the client is told the names (documented failure 11)', async () => {
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
    const { form } = await visit();
    expect(form.page).toContain('Look at &lt;your&gt; notes');
    expect(form.page).toContain('Create, change and delete notes');
    emulator.configure({ scopes: ['todo:read', 'todo:write'] });
  });

  test('another resource: the client is told which there is', async () => {
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

  test('prompt=none has nobody to fall back on: nobody is remembered', async () => {
    const browser = new Browser();
    const visited = await visit({}, {}, browser);
    await allow(visited);
    const { url } = await authorizationRequest(emulator, server, visited.client.client_id, {
      prompt: 'none',
    });
    expect(locationOf(await browser.open(url)).searchParams.get('error')).toBe('login_required');
  });

  test('prompts of other servers do no harm', async () => {
    expect((await visit({ prompt: 'select_account' })).form.offered('user')).toHaveLength(2);
  });
});

describe('hostile clients', () => {
  const names = {
    markup: '<script>alert(1)</script><img src=x onerror=alert(1)>',
    attribute: '" autofocus onfocus="alert(1)',
    entities: '&lt;b&gt; &amp;amp; &#60;',
    closing: '</title></h1></form><form action="https://evil.example">',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is meant to look like one
    template: '${alert(1)} {{constructor}} `x`',
    direction: 'Safe \u202Etxt.exe\u202C \u2066 \u200F \uFEFF',
    control: 'Bell\u0007 \u001b[31m red\r\nSet-Cookie: a=b\0',
    long: 'W'.repeat(10_000),
    emoji: '👩‍👩‍👧 شركة',
  };

  test.each(Object.entries(names))('a name of %s is text, and nothing else', async (_, name) => {
    const { form } = await visit({}, { client_name: name });
    expect(form.page).not.toMatch(/<script|<img|onfocus="|<form[^>]*action=/);
    expect(form.page).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200E\u200F\uFEFF]/);
    expect(form.page).not.toMatch(/[^\P{Cc}\n]/u);
    expect(form.page.match(/<form/g)).toHaveLength(1);
    expect(form.page.length).toBeLessThan(20_000);
    expect(form.offered('scope')).toEqual(['todo:read', 'todo:write']);
  });

  test('a name of nothing visible has a substitute', async () => {
    for (const name of [undefined, '   ', '\u200b\u202e'])
      expect((await visit({}, name === undefined ? {} : { client_name: name })).form.page).toMatch(
        name === undefined ? /A client/ : /A client without a name/,
      );
  });

  test.each([
    ['https://xn--80ak6aa92e.example/cb', 'xn--80ak6aa92e.example', 'a web site'],
    ['https://scalekit.com.evil.example:8443/cb', 'scalekit.com.evil.example:8443', 'a web site'],
    ['http://127.0.0.1:5555/cb', '127.0.0.1:5555', 'a program on this machine'],
    ['cursor://anysphere/cb', 'cursor://', 'the application on this machine'],
  ])('%s: the answer goes to %s', async (uri, where, what) => {
    const { form } = await visit({}, { redirect_uris: [uri] });
    expect(form.page).toContain(`<span class="where">${where}</span>`);
    expect(form.page).toContain(what);
  });

  test('a redirect URI with user information shows the host that counts', async () => {
    const { form } = await visit({}, { redirect_uris: ['https://localhost:6274@evil.example/cb'] });
    expect(form.page).toContain('<span class="where">evil.example</span>');
  });

  test('unknown scopes are text too', async () => {
    const { form } = await visit({ scope: 'todo:read <script>alert(1)</script>' });
    expect(form.page).toContain('<code>&lt;script&gt;alert(1)&lt;/script&gt;</code>');
  });
});

describe('the page is shut tight', () => {
  test('its headers', async () => {
    const { browser, form } = await visit();
    const response = await browser.open(form.action);
    const { headers } = response;
    const style = /<style>([\s\S]*)<\/style>/.exec(await response.text())?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('same-origin');
  });

  test('the form of another site is refused', async () => {
    const { browser, form } = await visit();
    for (const site of ['cross-site', 'same-site', 'none']) {
      const response = await browser.open(form.action, form.press('allow'), { 'sec-fetch-site': site });
      expect(response.status).toBe(403);
    }
    const own = await browser.open(form.action, form.press('allow'), { 'sec-fetch-site': 'same-origin' });
    expect(own.status).toBe(303);
  });

  test('without the cookie of this very request there is no page and no answer', async () => {
    const { form } = await visit();
    const stranger = new Browser();
    const page = await stranger.open(form.action);
    expect(page.status).toBe(400);
    expect(await page.text()).toContain('This request has ended');
    expect((await stranger.open(form.action, form.press('allow'))).status).toBe(400);
  });

  test('cookies are HttpOnly, SameSite=Lax and signed', async () => {
    const client = await register(server);
    const { url } = await authorizationRequest(emulator, server, client.client_id);
    const cookies = (await fetch(url, { redirect: 'manual' })).headers.getSetCookie();
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/^local_scalekit_\w+(?:\.sig)?=/);
      expect(cookie).toMatch(/; httponly/i);
      expect(cookie).toMatch(/; samesite=lax/i);
    }
  });
});

describe('errors that cannot go back to the client', () => {
  /** @returns the page that an authorization request ends in. */
  async function errorPage(parameters: Record<string, string | undefined>): Promise<string> {
    const client = await register(server);
    const { url } = await authorizationRequest(emulator, server, client.client_id, parameters);
    const response = await new Browser().open(url);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    return response.text();
  }

  test('an unknown client: a stale registration, and how to clear it (documented failure 13)', async () => {
    const page = await errorPage({ client_id: 'm2m_123' });
    expect(page).toContain('<h1>This client is unknown here</h1>');
    expect(page).toContain('<code>m2m_123</code>');
    expect(page).toContain('unable to retrieve client by id');
    expect(page).toContain('~/.mcp-auth');
  });

  test("the environment's client id is no OAuth client", async () => {
    const page = await errorPage({ client_id: 'skc_1000000000000002' });
    expect(page).toContain('is the environment&#39;s client id');
    expect(page).toContain('Leave the client id empty');
  });

  test('a secret in the place of an id is not shown', async () => {
    expect(await errorPage({ client_id: 'test_abcdefghijklmnop' })).not.toContain('abcdefghijklmnop');
  });

  test('another redirect URI: both are shown (documented failure 14)', async () => {
    const page = await errorPage({ redirect_uri: 'https://old.example/<cb>' });
    expect(page).toContain('<h1>The redirect URI is not registered</h1>');
    expect(page).toContain('https://old.example/&lt;cb&gt;');
    expect(page).toContain(redirectUri);
  });

  test('no client id', async () => {
    expect(await errorPage({ client_id: undefined })).toContain('missing required parameter');
  });

  test('whoever prefers JSON gets it', async () => {
    const { url } = await authorizationRequest(emulator, server, 'm2m_123');
    const response = await fetch(url, { headers: { accept: 'application/json' } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_client' });
  });

  test('going back after the answer', async () => {
    const visited = await visit();
    await allow(visited);
    const response = await visited.browser.open(visited.form.action);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('Go back to the client and connect again.');
  });
});

test('the front page says that it runs, and how to use it', async () => {
  const page = await (await fetch(emulator.url)).text();
  expect(page).toContain('<h1>The local Scalekit is running</h1>');
  for (const [name, value] of Object.entries(emulator.variables)) expect(page).toContain(`${name}=${value}`);
});
