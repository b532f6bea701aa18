import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import {
  authorizationRequest,
  Browser,
  claimsOf,
  discover,
  exchange,
  Form,
  locationOf,
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
  emulator = await startEmulator({ clientDocuments: documents });
});
afterAll(() => emulator.close());

async function open(clientId: string, browser = new Browser()): Promise<Response> {
  const request = await authorizationRequest(emulator, await discover(emulator), clientId);
  return browser.open(request.url);
}

test('a client that is described by a document walks without registration', async () => {
  const server = await discover(emulator);
  const browser = new Browser();
  const request = await authorizationRequest(emulator, server, url, { scope: 'todo:read offline_access' });
  const form = await Form.of(await browser.open(locationOf(await browser.open(request.url))));
  expect(form.page).toContain('<bdi>A documented client</bdi>');
  expect(form.page).toContain('described by the document there');
  const resume = locationOf(await browser.open(form.action, form.press('allow')));
  const client = { client_id: url, token_endpoint_auth_method: 'none' };
  const tokens = await exchange(server, client, request, locationOf(await browser.open(resume)));
  expect(claimsOf(tokens.access_token)).toMatchObject({ client_id: url, scope: 'todo:read' });
  expect(tokens).toHaveProperty('refresh_token');
});

test('any loopback port will do, since its redirect URIs are those of a native client', async () => {
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
  });

  test.each(['https://127.0.0.1:1/client.json', 'https://[::1]:1/client.json'])(
    'one that cannot be fetched: %s',
    async (clientId) => {
      const page = await (await open(clientId)).text();
      expect(page).toContain('client_id metadata document fetch failed');
    },
  );

  test('http is no address of a document', async () => {
    expect(await (await open('http://client.example/mcp.json')).text()).toContain(
      'This client is unknown here',
    );
  });
});

test('the dashboard can switch it off', async () => {
  await withEmulator({ clientDocuments: documents, clientIdMetadataDocuments: false }, async (strict) => {
    const request = await authorizationRequest(strict, await discover(strict), url);
    const response = await new Browser().open(request.url);
    expect(response.status).toBe(400);
  });
});
