import * as current from '@modelcontextprotocol/client';
import { registerClient } from '@modelcontextprotocol/sdk/client/auth.js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { endpoints } from '../../src/scalekit/index.ts';
import { authorizationRequest, Browser, claimsOf, discover, locationOf } from './walk.ts';

// Where Scalekit's answers depart from the specifications: one test per row of docs/scalekit.md.

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());
afterEach(async () => {
  emulator.configure({
    strict: false,
    rateLimit: 0,
    metadataForms: 'both',
    audience: 'both',
    machineScopes: 'both',
    foreignResource: 'refused',
    cors: true,
  });
  await emulator.reset();
});

const urls = () => endpoints(emulator.url, emulator.resourceId);

async function post(url: string, body: string | URLSearchParams, headers: Record<string, string> = {}) {
  const response = await fetch(url, { method: 'POST', body, headers });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

function register(metadata: unknown) {
  return post(urls().registration, JSON.stringify(metadata), { 'content-type': 'application/json' });
}

const metadata = {
  client_name: 'A client',
  description: 'Reads todos',
  redirect_uris: ['http://localhost:6274/oauth/callback'],
};

const own = {
  client_id: expect.stringMatching(/^m2m_\d+$/),
  client_secret: expect.any(String),
  client_secret_expires_at: 0,
  secrets: [
    { secret_suffix: expect.stringMatching(/^.{4}$/), status: 'ACTIVE', create_time: expect.any(String) },
  ],
  name: 'A client',
  description: 'Reads todos',
  create_time: expect.stringMatching(/^\d{4}-.*Z$/),
  update_time: expect.stringMatching(/^\d{4}-.*Z$/),
  scopes: ['todo:read', 'todo:write'],
  audience: ['http://localhost:3002/', 'res_1000000000000001'],
  custom_claims: [],
  expiry: 3600,
  resource_id: 'res_1000000000000001',
  redirect_uris: metadata.redirect_uris,
};

describe('the answer to a registration', () => {
  test("has Scalekit's members beside RFC 7591's", async () => {
    const { status, body } = await register(metadata);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...own,
      client_name: 'A client',
      client_id_issued_at: expect.any(Number),
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'client_secret_basic',
    });
  });

  test("strict: has Scalekit's members only", async () => {
    emulator.configure({ strict: true });
    const { status, body } = await register(metadata);
    expect(status).toBe(201);
    expect(body).toEqual(own);
  });

  test("of an error has the API's form, with RFC 7591's members unless strict", async () => {
    const message = expect.stringContaining('redirect_uris');
    const api = { code: 3, message, details: [expect.objectContaining({ error_code: 'INVALID_ARGUMENT' })] };
    expect(await register({})).toMatchObject({
      status: 400,
      body: { ...api, error: 'invalid_redirect_uri', error_description: message },
    });
    emulator.configure({ strict: true });
    expect((await register({})).body).toEqual(api);
  });

  test('the official clients work with the strict form', async () => {
    emulator.configure({ strict: true });
    const server = await discover(emulator);
    const options = { clientMetadata: { ...metadata, token_endpoint_auth_method: 'none' } };
    const issuer = new URL(server.issuer);
    const one = await registerClient(issuer, { ...options, metadata: server as never });
    const two = await current.registerClient(issuer, { ...options, metadata: server as never });
    expect([one.client_id, two.client_id]).toEqual([own.client_id, own.client_id]);
  });
});

describe('machines', () => {
  async function token({ clientId, clientSecret }: { clientId: string; clientSecret: string }) {
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const { body } = await post(urls().environmentToken, new URLSearchParams(form));
    return claimsOf(String(body.access_token));
  }

  test('of an organization carry only the array of scopes, and are their own subject', async () => {
    const claims = await token(emulator.organizationClient);
    expect(claims).toMatchObject({
      sub: emulator.organizationClient.clientId,
      client_id: expect.stringMatching(/^m2morg_/),
      scopes: ['todo:read', 'todo:write'],
      oid: expect.stringMatching(/^org_/),
    });
    expect(claims).not.toHaveProperty('scope');
  });

  test('of the server carry both', async () => {
    expect(await token(emulator.machineClient)).toMatchObject({
      scope: 'todo:read todo:write',
      scopes: ['todo:read', 'todo:write'],
    });
  });
});

describe('revocation', () => {
  const revoke = (form: Record<string, string>, headers?: Record<string, string>) =>
    post(`${urls().issuer}/oauth/revoke`, new URLSearchParams({ token: 'x', ...form }), headers);

  test('refuses clients that registered themselves, with a secret or without', async () => {
    const { body } = await register(metadata);
    const id = String(body.client_id);
    for (const form of [{ client_id: id }, { client_id: id, client_secret: String(body.client_secret) }, {}])
      expect(await revoke(form)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  test('accepts a client of the dashboard', async () => {
    const { clientId, clientSecret } = emulator.machineClient;
    const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    expect((await revoke({}, { authorization })).status).toBe(200);
    expect((await revoke({ client_id: clientId, client_secret: 'other' })).status).toBe(401);
  });
});

describe('above the rate limit', () => {
  const own = { code: 8, details: [expect.objectContaining({ error_code: 'RATE_LIMITED' })] };

  test('requests for tokens and registrations get 429', async () => {
    emulator.fault({ rateLimit: 'exceeded' });
    for (const answer of [await register(metadata), await post(urls().token, new URLSearchParams())]) {
      expect(answer).toMatchObject({ status: 429, body: own });
      expect(answer.body.error).toBe('temporarily_unavailable');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    emulator.configure({ strict: true });
    expect((await register(metadata)).body).not.toHaveProperty('error');
    emulator.fault({});
    expect((await register(metadata)).status).toBe(201);
  });

  test('with a limit, a burst is answered and the rest has to wait', async () => {
    emulator.configure({ rateLimit: 3 });
    const statuses: number[] = [];
    for (let count = 0; count < 5; count++) statuses.push((await register(metadata)).status);
    expect(statuses).toEqual([201, 201, 201, 429, 429]);
  });
});

describe('strict', () => {
  const document = async () => (await (await fetch(urls().metadata)).json()) as Record<string, unknown>;

  test('the metadata has only known members', async () => {
    expect(await document()).toHaveProperty('authorization_response_iss_parameter_supported');
    emulator.configure({ strict: true });
    expect(Object.keys(await document()).sort()).toEqual([
      'authorization_endpoint',
      'client_id_metadata_document_supported',
      'code_challenge_methods_supported',
      'grant_types_supported',
      'issuer',
      'jwks_uri',
      'registration_endpoint',
      'response_types_supported',
      'scopes_supported',
      'token_endpoint',
      'token_endpoint_auth_methods_supported',
    ]);
  });

  test.each([true, false])('%s: the authorization response has no iss', async (strict) => {
    emulator.configure({ strict, autoApprove: true });
    const { body } = await register({ ...metadata, token_endpoint_auth_method: 'none' });
    const server = (await document()) as never;
    const { url } = await authorizationRequest(emulator, server, String(body.client_id), {
      redirect_uri: metadata.redirect_uris[0],
    });
    const callback = locationOf(await new Browser().open(url));
    emulator.configure({ autoApprove: false });
    expect(callback.searchParams.has('code')).toBe(true);
    expect(callback.searchParams.has('iss')).toBe(!strict);
  });

  test('errors of the API have only its form, and those of OAuth that of RFC 6749', async () => {
    emulator.configure({ strict: true });
    const remote = await register({ ...metadata, redirect_uris: ['http://example.com/callback'] });
    expect(remote).toMatchObject({ status: 400, body: { code: 3 } });
    expect(remote.body).not.toHaveProperty('error');
    expect(await post(`${emulator.url}/nothing`, '')).toMatchObject({
      status: 404,
      body: { code: 5, message: 'Not Found', details: [] },
    });
    expect(await post(urls().keys, '')).toMatchObject({ status: 501, body: { code: 12 } });
    const { body } = await post(urls().token, new URLSearchParams({ grant_type: 'refresh_token' }));
    expect(Object.keys(body).sort()).toEqual(['error', 'error_description']);
  });

  test("a machine's token has the documented array of scopes", async () => {
    emulator.configure({ strict: true });
    const { clientId, clientSecret } = emulator.machineClient;
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const { body } = await post(urls().environmentToken, new URLSearchParams(form));
    const claims = claimsOf(String(body.access_token));
    expect(claims.scopes).toEqual(['todo:read', 'todo:write']);
    expect(claims).not.toHaveProperty('scope');
  });
});

describe('uncertain points have a switch', () => {
  test.each([
    ['inserted', 200, 404],
    ['appended', 404, 200],
    ['both', 200, 200],
  ] as const)('metadata: %s', async (metadataForms, inserted, appended) => {
    emulator.configure({ metadataForms });
    expect((await fetch(urls().metadata)).status).toBe(inserted);
    expect((await fetch(urls().metadataAppended)).status).toBe(appended);
  });

  test('the audience is the resource id alone', async () => {
    emulator.configure({ audience: 'resource' });
    expect(claimsOf(await emulator.mint()).aud).toEqual([emulator.resourceId]);
  });

  test("another server's resource is ignored", async () => {
    const form = () => ({
      grant_type: 'client_credentials',
      client_id: emulator.machineClient.clientId,
      client_secret: emulator.machineClient.clientSecret,
      resource: 'https://other.example/mcp',
    });
    const ask = () => post(urls().token, new URLSearchParams(form()));
    expect(await ask()).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
    emulator.configure({ foreignResource: 'ignored' });
    expect((await ask()).status).toBe(200);
  });

  test('scripts of other origins are allowed, or not', async () => {
    const allowed = async () => (await fetch(urls().metadata)).headers.get('access-control-allow-origin');
    expect(await allowed()).toBe('*');
    emulator.configure({ cors: false });
    expect(await allowed()).toBe(null);
  });
});
