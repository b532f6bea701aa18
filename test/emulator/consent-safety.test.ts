import { createHash } from 'node:crypto';
import type * as oauth from 'oauth4webapi';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { allow, visit } from './consent-visit.ts';
import { authorizationRequest, Browser, discover, redirectUri, register } from './walk.ts';

let emulator: Emulator;
let server: oauth.AuthorizationServer;
beforeAll(async () => {
  emulator = await startEmulator();
  server = await discover(emulator);
});
afterEach(() => emulator.reset());
afterAll(() => emulator.close());

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

  test.each(Object.entries(names))('a name of %s is shown as text', async (_, name) => {
    const { form } = await visit(emulator, {}, { client_name: name });
    expect(form.page).not.toMatch(/<script|<img|onfocus="|<form[^>]*action=/);
    expect(form.page).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200E\u200F\uFEFF]/);
    expect(form.page).not.toMatch(/[^\P{Cc}\n]/u);
    expect(form.page.match(/<form/g)).toHaveLength(1);
    expect(form.page.length).toBeLessThan(20_000);
    expect(form.offered('scope')).toEqual(['todo:read', 'todo:write']);
  });

  test('an invisible name is replaced', async () => {
    for (const name of [undefined, '   ', '\u200b\u202e'])
      expect((await visit(emulator, {}, name === undefined ? {} : { client_name: name })).form.page).toMatch(
        name === undefined ? /A client/ : /A client without a name/,
      );
  });

  test.each([
    ['https://xn--80ak6aa92e.example/cb', 'xn--80ak6aa92e.example', 'a web site'],
    ['https://scalekit.com.evil.example:8443/cb', 'scalekit.com.evil.example:8443', 'a web site'],
    ['http://127.0.0.1:5555/cb', '127.0.0.1:5555', 'a program on this machine'],
    ['cursor://anysphere/cb', 'cursor://', 'the application on this machine'],
  ])('%s: the answer goes to %s', async (uri, where, what) => {
    const { form } = await visit(emulator, {}, { redirect_uris: [uri] });
    expect(form.page).toContain(`<span class="where">${where}</span>`);
    expect(form.page).toContain(what);
  });

  test('a redirect URI with user information is shown with its real host', async () => {
    const { form } = await visit(emulator, {}, { redirect_uris: ['https://localhost:6274@evil.example/cb'] });
    expect(form.page).toContain('<span class="where">evil.example</span>');
  });

  test('unknown scopes are shown as text, too', async () => {
    const { form } = await visit(emulator, { scope: 'todo:read <script>alert(1)</script>' });
    expect(form.page).toContain('<code>&lt;script&gt;alert(1)&lt;/script&gt;</code>');
  });
});

describe('the page is protected', () => {
  test('by its headers', async () => {
    const { browser, form } = await visit(emulator);
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

  test('a form from another site is refused', async () => {
    const { browser, form } = await visit(emulator);
    for (const site of ['cross-site', 'same-site', 'none']) {
      const response = await browser.open(form.action, form.press('allow'), { 'sec-fetch-site': site });
      expect(response.status).toBe(403);
    }
    const own = await browser.open(form.action, form.press('allow'), { 'sec-fetch-site': 'same-origin' });
    expect(own.status).toBe(303);
  });

  test('without the cookie of this request there is no page and no answer', async () => {
    const { form } = await visit(emulator);
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

  test('an unknown client: says that its registration is stale, and how to clear it (documented failure 13)', async () => {
    const page = await errorPage({ client_id: 'm2m_123' });
    expect(page).toContain('<h1>This client is unknown here</h1>');
    expect(page).toContain('<code>m2m_123</code>');
    expect(page).toContain('unable to retrieve client by id');
    expect(page).toContain('~/.mcp-auth');
  });

  test("the environment's client id is not an OAuth client", async () => {
    const page = await errorPage({ client_id: 'skc_1000000000000002' });
    expect(page).toContain('is the environment&#39;s client id');
    expect(page).toContain('Leave the client id empty');
  });

  test('a secret in the place of an id is not shown', async () => {
    expect(await errorPage({ client_id: 'test_abcdefghijklmnop' })).not.toContain('abcdefghijklmnop');
  });

  test('a different redirect URI: both are shown (documented failure 14)', async () => {
    const page = await errorPage({ redirect_uri: 'https://old.example/<cb>' });
    expect(page).toContain('<h1>The redirect URI is not registered</h1>');
    expect(page).toContain('https://old.example/&lt;cb&gt;');
    expect(page).toContain(redirectUri);
  });

  test('no client id', async () => {
    expect(await errorPage({ client_id: undefined })).toContain('missing required parameter');
  });

  test('a client that prefers JSON gets JSON', async () => {
    const { url } = await authorizationRequest(emulator, server, 'm2m_123');
    const response = await fetch(url, { headers: { accept: 'application/json' } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_client' });
  });

  test('the back button after the answer', async () => {
    const visited = await visit(emulator);
    await allow(visited);
    const response = await visited.browser.open(visited.form.action);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('Go back to the client and connect again.');
  });
});
