import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { endpoints } from '../../src/scalekit/index.ts';
import { authorizationRequest, Browser, discover, withEmulator } from './walk.ts';

type Answer = { status: number; body: Record<string, unknown> };

/** Registers whatever it is given, as it is. */
async function post(emulator: Emulator, body: string, contentType = 'application/json'): Promise<Answer> {
  const response = await fetch(endpoints(emulator.url, emulator.resourceId).registration, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const register = (emulator: Emulator, metadata: unknown) => post(emulator, JSON.stringify(metadata));

/** @returns the status of an authorization request: 303 when the client and its redirect URI are good. */
async function ask(emulator: Emulator, clientId: string, redirectUri: string): Promise<number> {
  const request = await authorizationRequest(emulator, await discover(emulator), clientId, {
    redirect_uri: redirectUri,
  });
  return (await new Browser().open(request.url)).status;
}

describe('registration', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator();
  });
  afterAll(() => emulator.close());

  test('a public client gets an id and no secret', async () => {
    const { status, body } = await register(emulator, {
      client_name: 'A client',
      redirect_uris: ['http://localhost:6274/oauth/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      client_id: expect.stringMatching(/^m2m_\d{18}$/),
      client_id_issued_at: expect.any(Number),
      client_name: 'A client',
      redirect_uris: ['http://localhost:6274/oauth/callback'],
      token_endpoint_auth_method: 'none',
    });
    expect(body).not.toHaveProperty('client_secret');
    expect(body).not.toHaveProperty('registration_access_token');
  });

  test('a client without token_endpoint_auth_method gets a secret: RFC 7591 makes client_secret_basic the default', async () => {
    const { body } = await register(emulator, { redirect_uris: ['http://localhost:6274/oauth/callback'] });
    expect(body).toMatchObject({
      token_endpoint_auth_method: 'client_secret_basic',
      client_secret: expect.any(String),
      grant_types: ['authorization_code', 'refresh_token'],
    });
  });

  test('unknown grant types and scopes are replaced, as RFC 7591 allows', async () => {
    const { status, body } = await register(emulator, {
      redirect_uris: ['http://127.0.0.1:33418/', 'https://vscode.dev/redirect'],
      grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code', 'token'],
      scope: 'todo:read offline_access whatever',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ grant_types: ['authorization_code'], response_types: ['code'] });
    expect(body).not.toHaveProperty('scope');
  });

  test.each([
    ['another loopback port', ['http://127.0.0.1/cb'], 'http://127.0.0.1:54321/cb', 303],
    ['a private-use scheme', ['cursor://mcp/callback'], 'cursor://mcp/callback', 303],
    ['another path', ['http://127.0.0.1/cb'], 'http://127.0.0.1:54321/other', 400],
    ['another host', ['https://one.example/cb'], 'https://two.example/cb', 400],
    ['another port of a web site', ['https://one.example/cb'], 'https://one.example:8443/cb', 400],
  ])('native clients are recognised by their redirect URIs: %s', async (_, redirectUris, sent, status) => {
    const { body } = await register(emulator, {
      redirect_uris: redirectUris,
      token_endpoint_auth_method: 'none',
    });
    expect(await ask(emulator, String(body.client_id), sent)).toBe(status);
  });

  test('a client that says it is web is held to its exact port', async () => {
    const { body } = await register(emulator, {
      application_type: 'web',
      redirect_uris: ['http://127.0.0.1:1000/cb'],
    });
    expect(await ask(emulator, String(body.client_id), 'http://127.0.0.1:1000/cb')).toBe(303);
    expect(await ask(emulator, String(body.client_id), 'http://127.0.0.1:2000/cb')).toBe(400);
  });

  test.each([
    ['no redirect URI', '{}', 'invalid_redirect_uri'],
    ['a redirect URI that runs code', '{"redirect_uris":["javascript:alert(1)"]}', 'invalid_redirect_uri'],
    [
      'http to the world',
      '{"redirect_uris":["http://x.example/"],"application_type":"native"}',
      'invalid_redirect_uri',
    ],
    ['redirect URIs that are no list', '{"redirect_uris":"http://localhost/"}', /invalid/],
    ['no JSON', '{', 'invalid_request'],
    ['a list', '[]', 'invalid_request'],
    ['null', 'null', 'invalid_request'],
    ['nothing', '', 'invalid_request'],
    [
      'another way to authenticate',
      '{"redirect_uris":["http://localhost/"],"token_endpoint_auth_method":"x"}',
      /invalid_client/,
    ],
  ])('%s is refused with an explanation', async (_, body, error) => {
    const answer = await post(emulator, body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatch(error);
    expect(answer.body.error_description).toEqual(expect.any(String));
  });

  test('a form is not a registration', async () => {
    expect(await post(emulator, 'a=b', 'application/x-www-form-urlencoded')).toMatchObject({ status: 400 });
  });

  test('a reset deletes clients', async () => {
    const uri = 'http://localhost:6274/oauth/callback';
    const { body } = await register(emulator, { redirect_uris: [uri] });
    expect(await ask(emulator, String(body.client_id), uri)).toBe(303);
    await emulator.reset();
    expect(await ask(emulator, String(body.client_id), uri)).toBe(400);
  });
});

describe('a client’s cached registration', () => {
  const uri = 'http://localhost:6274/oauth/callback';
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'emulator-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function registered(options: { keyDirectory?: string }): Promise<string> {
    return withEmulator(options, async (emulator) =>
      String((await register(emulator, { redirect_uris: [uri] })).body.client_id),
    );
  }

  test('is valid after a restart', async () => {
    const clientId = await registered({ keyDirectory: directory });
    await withEmulator({ keyDirectory: directory }, async (emulator) => {
      expect(await ask(emulator, clientId, uri)).toBe(303);
      await emulator.reset();
      expect(await ask(emulator, clientId, uri)).toBe(400);
    });
    expect(await readdir(join(directory, 'clients'))).toEqual([]);
  });

  test('is not valid after a restart without a directory', async () => {
    const clientId = await registered({});
    await withEmulator({}, async (emulator) => expect(await ask(emulator, clientId, uri)).toBe(400));
  });

  test('is deleted when nobody has used it for three months', async () => {
    const stale = await registered({ keyDirectory: directory });
    const longAgo = new Date(Date.now() - 91 * 24 * 3600 * 1000);
    await utimes(join(directory, 'clients', `${stale}.json`), longAgo, longAgo);
    const fresh = await registered({ keyDirectory: directory });
    expect(await readdir(join(directory, 'clients'))).toEqual([`${fresh}.json`]);
  });

  test('an id never leads to a file outside the folder', async () => {
    await registered({ keyDirectory: directory });
    const client = { client_id: 'x', redirect_uris: [uri], token_endpoint_auth_method: 'none' };
    await writeFile(join(directory, 'outside.json'), JSON.stringify(client));
    await withEmulator({ keyDirectory: directory }, async (emulator) => {
      for (const id of ['../outside', '..\\outside', 'm2m_/../../outside', 'm2m_1\0', '%2e%2e/outside'])
        expect(await ask(emulator, id, uri)).toBe(400);
    });
  });

  test('an invalid client file is an error for that client, and does not stop the local Scalekit', async () => {
    const clientId = await registered({ keyDirectory: directory });
    await writeFile(join(directory, 'clients', `${clientId}.json`), '{"client_id":1}');
    await withEmulator({ keyDirectory: directory }, async (emulator) => {
      expect(await ask(emulator, clientId, uri)).toBeGreaterThanOrEqual(400);
      expect((await fetch(`${emulator.url}/keys`)).status).toBe(200);
    });
  });
});
