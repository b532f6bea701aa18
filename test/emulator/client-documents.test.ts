import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import {
  answerConsent,
  authorizationRequest,
  Browser,
  claimsOf,
  discover,
  exchange,
  locationOf,
  openConsent,
  redirectUri,
  withEmulator,
} from './walk.ts';

const url = 'https://client.example/mcp.json';
const good = {
  client_id: url,
  client_name: 'A documented client',
  redirect_uris: [redirectUri, 'http://127.0.0.1/cb'],
  grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
  scope: 'todo:read',
};

const documents = {
  [url]: good,
  'https://client.example/secret.json': {
    ...good,
    client_id: 'https://client.example/secret.json',
    client_secret: 'x',
  },
  'https://client.example/other.json': good,
  'https://client.example/none.json': { client_id: 'https://client.example/none.json' },
};

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ clientDocuments: documents, clientIdMetadataDocuments: true });
});
afterAll(() => emulator.close());

async function open(clientId: string, browser = new Browser()): Promise<Response> {
  const request = await authorizationRequest(emulator, await discover(emulator), clientId);
  return browser.open(request.url);
}

test('a client with a document needs no registration', async () => {
  const server = await discover(emulator);
  const browser = new Browser();
  const request = await authorizationRequest(emulator, server, url, { scope: 'todo:read offline_access' });
  const form = await openConsent(browser, request.url);
  expect(form.page).toContain('<bdi>A documented client</bdi>');
  expect(form.page).toContain('described by the document at this address');
  const client = { client_id: url, token_endpoint_auth_method: 'none' };
  const tokens = await exchange(server, client, request, await answerConsent(browser, form));
  expect(claimsOf(tokens.access_token)).toMatchObject({ client_id: url, scope: 'todo:read offline_access' });
  expect(tokens).toHaveProperty('refresh_token');
});

test('any loopback port is accepted, since its redirect URIs are those of a native client', async () => {
  const request = await authorizationRequest(emulator, await discover(emulator), url, {
    redirect_uri: 'http://127.0.0.1:45678/cb',
  });
  expect((await new Browser().open(request.url)).status).toBe(303);
});

describe('a document that breaks the rules gets a page that says which', () => {
  test.each([
    ['https://client.example/secret.json', 'must not contain client_secret'],
    ['https://client.example/other.json', 'client_id does not match'],
    ['https://client.example/none.json', 'redirect_uris is mandatory'],
  ])('%s: %s', async (clientId, reason) => {
    const response = await open(clientId);
    expect(response.status).toBe(400);
    const page = await response.text();
    expect(page).toContain('document cannot be used</h1>');
    expect(page).toContain(reason);
    expect(page).toContain('<code>--client-documents off</code>');
    expect(page).toContain('Make the client forget');
  });

  test.each(['https://127.0.0.1:1/client.json', 'https://[::1]:1/client.json'])(
    'a document that cannot be fetched: %s',
    async (clientId) => {
      const page = await (await open(clientId)).text();
      expect(page).toContain('client_id metadata document fetch failed');
    },
  );

  test('an http URL cannot be a client id', async () => {
    expect(await (await open('http://client.example/mcp.json')).text()).toContain(
      'This client is unknown here',
    );
  });
});

/** Starts the local Scalekit as `emulate` and `dev` do. @returns the outcome of an authorization request. */
async function openBundled(
  clientId: string,
  parameters: Record<string, string> = {},
): Promise<{ status: number; page: string; trusted: readonly string[] }> {
  const trusted: string[] = [];
  const onTrustedClient = (id: string, reason: string) => trusted.push(`${id} ${reason}`);
  return withEmulator({ onTrustedClient }, async (bundled) => {
    const browser = new Browser();
    const request = await authorizationRequest(bundled, await discover(bundled), clientId, parameters);
    const response = await browser.open(request.url);
    const { status } = response;
    const asked = status === 303 ? await browser.open(locationOf(response)) : response;
    return { status, page: await asked.text(), trusted };
  });
}

describe('as installed, well-known clients need no internet', () => {
  test.each([
    ['https://claude.ai/oauth/claude-code-client-metadata', 'http://localhost:53412/callback', 'Claude Code'],
    ['https://claude.ai/oauth/claude-code-client-metadata', 'http://127.0.0.1:3118/callback', 'Claude Code'],
    ['https://chatgpt.com/oauth/codex/client.json', 'http://127.0.0.1:40001/callback', 'Codex'],
    [
      'https://chatgpt.com/oauth/codex/4-bzS8rt42zJ/client.json',
      'http://127.0.0.1:40001/callback/4-bzS8rt42zJ',
      'Codex',
    ],
    ['https://vscode.dev/oauth/client-metadata.json', 'http://127.0.0.1:33418/', 'Visual Studio Code'],
    ['https://vscode.dev/oauth/client-metadata.json', 'https://vscode.dev/redirect', 'Visual Studio Code'],
    ['https://zed.dev/oauth/client-metadata.json', 'http://127.0.0.1:50000/callback', 'Zed'],
    ['https://opencode.ai/oauth/opencode/client.json', 'http://127.0.0.1:19876/callback', 'opencode'],
  ])('%s to %s', async (clientId, redirect_uri, name) => {
    const { page, trusted } = await openBundled(clientId, { redirect_uri });
    expect(page).toContain(`<bdi>${name}</bdi>`);
    expect(page).toContain('described by the document at this address');
    expect(trusted).toEqual([]);
  });

  test.each([
    ['https://claude.ai/oauth/claude-code-client-metadata', 'http://localhost:53412/other'],
    ['https://claude.ai/oauth/claude-code-client-metadata', 'https://evil.example/callback'],
    ['https://chatgpt.com/oauth/codex/one/client.json', 'http://127.0.0.1:40001/callback/another'],
  ])('well-known clients are not sent anywhere else: %s to %s', async (clientId, redirect_uri) => {
    const { status, page } = await openBundled(clientId, { redirect_uri });
    expect(status).toBe(400);
    expect(page).toContain('The redirect URI is not registered');
  });
});

describe('an unknown client whose document cannot be reached', () => {
  const unknown = 'https://127.0.0.1:1/client.json';

  test('is trusted if its answers go to this machine, and the page and the log say so', async () => {
    const { status, page, trusted } = await openBundled(unknown);
    expect(status).toBe(303);
    expect(page).toContain('trusted although its document cannot be reached');
    expect(page).toContain('Scalekit itself would refuse the client');
    expect(trusted).toHaveLength(1);
    expect(trusted[0]).toMatch(
      /^https:\/\/127\.0\.0\.1:1\/client\.json .*(?:ECONNREFUSED|special-use|bad port)/,
    );
  });

  test.each(['https://client.example/cb', 'http://client.example/cb', 'example-app:/cb', 'no URL'])(
    'is refused if its answers go to %s',
    async (redirect_uri) => {
      const { status, page, trusted } = await openBundled(unknown, { redirect_uri });
      expect(status).toBe(400);
      expect(page).toContain('document cannot be used</h1>');
      expect(trusted).toEqual([]);
    },
  );

  test('ends with a token, after asking for the document once', async () => {
    const asked: string[] = [];
    await withEmulator({ onTrustedClient: (id) => asked.push(id) }, async (bundled) => {
      const server = await discover(bundled);
      for (const redirect_uri of ['http://127.0.0.1:4000/one', 'http://localhost:4000/two']) {
        const browser = new Browser();
        const request = await authorizationRequest(bundled, server, unknown, { redirect_uri });
        const callback = await answerConsent(browser, await openConsent(browser, request.url));
        const client = { client_id: unknown, token_endpoint_auth_method: 'none' };
        const tokens = await exchange(server, client, request, callback);
        expect(claimsOf(tokens.access_token)).toMatchObject({ client_id: unknown });
      }
    });
    expect(asked).toEqual([unknown]);
  });
});

test('the switch turns documents off', async () => {
  await withEmulator({ clientDocuments: documents, clientIdMetadataDocuments: false }, async (strict) => {
    const request = await authorizationRequest(strict, await discover(strict), url);
    const response = await new Browser().open(request.url);
    expect(response.status).toBe(400);
  });
});
