import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts';
import {
  authorizationRequest,
  claimsOf,
  discover,
  exchange,
  type Request,
  register,
} from '../../emulator/walk.ts';
import { chromiumArguments, chromium as chromiumNeed, chromiumPath } from '../../support/chromium.ts';
import { lacks } from '../../support/needs.ts';

// A real browser on the real page.

const light: BrowserContextOptions = { colorScheme: 'light', viewport: { width: 1000, height: 800 } };
const phone: BrowserContextOptions = {
  colorScheme: 'light',
  viewport: { width: 360, height: 740 },
  hasTouch: true,
};
const darkPhone: BrowserContextOptions = { ...phone, colorScheme: 'dark' };

const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describe.skipIf(lacks('the consent page in a browser', [chromiumNeed]))('in a browser', () => {
  let browser: Browser;
  let emulator: Emulator;
  /** The client: redirects once more after it has received its answer, as some do. */
  let client: Server;
  let redirectUri: string;

  beforeAll(async () => {
    client = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://localhost');
      if (url.pathname === '/cb') response.writeHead(302, { location: `/done${url.search}` });
      response.end('<!doctype html><title>The client has its answer</title>');
    });
    await new Promise<void>((resolve) => client.listen(0, '127.0.0.1', resolve));
    redirectUri = `http://127.0.0.1:${(client.address() as AddressInfo).port}/cb`;
    [browser, emulator] = await Promise.all([
      chromium.launch({ executablePath: chromiumPath ?? '', args: [...chromiumArguments] }),
      startEmulator(),
    ]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await emulator?.close();
    client?.close();
  });

  afterEach(() => emulator.reset());

  interface Visit {
    readonly page: Page;
    readonly request: Request;
    readonly clientId: string;
  }

  /** Opens an authorization request in a fresh browser profile, where scripts are off. */
  async function visit(
    options: BrowserContextOptions,
    parameters: Record<string, string | undefined> = {},
  ): Promise<Visit> {
    const context = await browser.newContext({ javaScriptEnabled: false, ...options });
    const page = await context.newPage();
    const server = await discover(emulator);
    const registered = await register(server, { client_name: 'A client', redirect_uris: [redirectUri] });
    const request = await authorizationRequest(emulator, server, registered.client_id, {
      redirect_uri: redirectUri,
      scope: 'todo:read todo:write offline_access',
      ...parameters,
    });
    await page.goto(request.url.href);
    return { page, request, clientId: registered.client_id };
  }

  /** The claims that the client ends up with. */
  async function claimsAfter({ page, request, clientId }: Visit): Promise<Record<string, unknown>> {
    await page.waitForURL('**/done?*');
    const callback = new URL(page.url());
    const tokens = await exchange(
      await discover(emulator),
      { client_id: clientId, token_endpoint_auth_method: 'none' },
      request,
      callback,
    );
    return claimsOf(tokens.access_token);
  }

  test('Allow: two clicks, no script, and on through a redirect by the client', async () => {
    const visited = await visit(light);
    await expect(visited.page.title()).resolves.toBe('Allow A client? – Local Scalekit');
    await visited.page.getByRole('button', { name: 'Allow' }).click();
    expect(await claimsAfter(visited)).toMatchObject({ scope: 'todo:read todo:write offline_access' });
    await visited.page.context().close();
  });

  test('as another user, with fewer scopes, by touching the words on a phone', async () => {
    const visited = await visit(phone);
    await visited.page.getByText('Second user', { exact: true }).tap();
    await visited.page.getByText('Create, change and delete todo').tap();
    await visited.page.getByRole('button', { name: 'Allow' }).tap();
    expect(await claimsAfter(visited)).toMatchObject({
      sub: 'usr_1000000000000004',
      scope: 'todo:read offline_access',
    });
    await visited.page.context().close();
  });

  test('with the keyboard alone', async () => {
    const { page, ...rest } = await visit(light);
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    expect(await claimsAfter({ page, ...rest })).toMatchObject({
      sub: 'usr_1000000000000003',
      scope: 'todo:read offline_access',
    });
    await page.context().close();
  });

  test('with nothing ticked the page asks again; then Deny', async () => {
    const { page } = await visit(light);
    for (const box of await page.getByRole('checkbox').all()) await box.uncheck();
    await page.getByRole('button', { name: 'Allow' }).click();
    await expect(page.getByRole('alert').textContent()).resolves.toContain('Select at least one');
    await expect(page.title()).resolves.toMatch(/^Error:/);
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.waitForURL('**/done?*');
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');
    await page.context().close();
  });

  test('the back button after the answer leads to a page that says so', async () => {
    const { page } = await visit(light);
    const consent = page.url();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL('**/done?*');
    await page.goto(consent);
    await expect(page.getByRole('heading', { level: 1 }).textContent()).resolves.toBe(
      'This request has ended',
    );
    await page.context().close();
  });

  /** The findings of axe-core, which needs scripts and an exception from the page's content security policy. */
  async function violations(page: Page): Promise<readonly string[]> {
    await page.addScriptTag({ path: axeSource });
    const results = (await page.evaluate('axe.run()')) as AxeResults;
    expect(results.passes.length).toBeGreaterThan(10);
    return results.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.failureSummary).join(' | ')}`,
    );
  }

  const pages: Record<string, (visited: Visit) => Promise<unknown>> = {
    'the consent page': async () => {},
    'the consent page with unknown scopes': async ({ page, request }) => {
      const url = new URL(request.url);
      url.searchParams.set('scope', 'todo:read Todo:Write');
      await page.goto(url.href);
    },
    'the consent page after a mistake': async ({ page }) => {
      for (const box of await page.getByRole('checkbox').all()) await box.uncheck();
      await page.getByRole('button', { name: 'Allow' }).click();
    },
    'an unknown client': ({ page, request }) =>
      page.goto(request.url.href.replace(/client_id=m2m_\d+/, 'client_id=m2m_1')),
    'another redirect URI': ({ page, request }) => page.goto(request.url.href.replace('%2Fcb', '%2Fother')),
    'a request that is over': ({ page }) => page.goto(`${emulator.url}/consent/x`),
    'the front page': ({ page }) => page.goto(emulator.url),
  };

  // Both colour schemes and both widths, but not every combination: they do not depend on each other.
  describe.each(Object.entries({ light, darkPhone }))('%s', (_, options) => {
    test.each(Object.entries(pages))('%s: is accessible, and nothing overflows', async (_name, open) => {
      const visited = await visit({ ...options, javaScriptEnabled: true, bypassCSP: true });
      await open(visited);
      const { page } = visited;
      expect(await violations(page)).toEqual([]);
      const [content, visible] = (await page.evaluate(
        '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
      )) as [number, number];
      expect(content).toBeLessThanOrEqual(visible);
      await page.context().close();
    });
  });

  test('the content security policy holds: style applies, and the console stays empty', async () => {
    const context = await browser.newContext(light);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(emulator.url);
    const display = await page.evaluate("getComputedStyle(document.querySelector('header')).display");
    expect(display).toBe('flex');
    expect(complaints).toEqual([]);
    await context.close();
  });
});
