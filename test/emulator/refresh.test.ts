import * as oauth from 'oauth4webapi';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import {
  authorizationRequest,
  Browser,
  claimsOf,
  connect as connectTo,
  discover,
  exchange,
  insecure,
  locationOf,
  refresh,
  register,
} from './walk.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ autoApprove: true });
});
afterEach(() => emulator.reset());
afterAll(() => emulator.close());

/** Walks up to the tokens, and returns how to refresh them. */
async function connect(parameters: Record<string, string | undefined>, metadata: Partial<oauth.Client> = {}) {
  const connection = await connectTo(emulator, parameters, metadata);
  return {
    ...connection,
    refresh: (token: string | undefined, more?: Record<string, string>) => refresh(connection, token, more),
  };
}

const all = 'todo:read todo:write';

test('no offline_access, no refresh token (documented failure 16)', async () => {
  expect((await connect({ scope: all })).tokens).not.toHaveProperty('refresh_token');
});

test('with offline_access there is one, whether or not the client says prompt=consent', async () => {
  for (const prompt of [undefined, 'consent', 'login consent']) {
    const { tokens } = await connect({ scope: `${all} offline_access`, prompt });
    expect(tokens.refresh_token).toEqual(expect.any(String));
    expect(claimsOf(tokens.access_token).scope).toBe(`${all} offline_access`);
  }
});

test('a client that registered without the refresh grant gets none', async () => {
  const scope = `${all} offline_access`;
  const { tokens } = await connect({ scope }, { grant_types: ['authorization_code'] });
  expect(tokens).not.toHaveProperty('refresh_token');
});

test('a refresh token rotates, for the same person and scopes', async () => {
  const { tokens, refresh } = await connect({
    scope: `${all} offline_access`,
    login_hint: emulator.users[1]?.id,
  });
  const next = await refresh(tokens.refresh_token);
  expect(next.refresh_token).not.toBe(tokens.refresh_token);
  expect(claimsOf(next.access_token)).toMatchObject({
    sub: emulator.users[1]?.id,
    scope: `${all} offline_access`,
  });
  expect(claimsOf(next.access_token).jti).not.toBe(claimsOf(tokens.access_token).jti);
});

test('a refresh token that is used twice ends the whole chain', async () => {
  const { tokens, refresh } = await connect({ scope: `${all} offline_access` });
  const next = await refresh(tokens.refresh_token);
  await expect(refresh(tokens.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
  await expect(refresh(next.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
});

test('a refresh can ask for fewer scopes, but not for more', async () => {
  const { tokens, refresh } = await connect({ scope: 'todo:read todo:write offline_access' });
  const narrow = await refresh(tokens.refresh_token, { scope: 'todo:read' });
  expect(claimsOf(narrow.access_token).scope).toBe('todo:read');
  const reader = await connect({ scope: 'todo:read offline_access' });
  await expect(reader.refresh(reader.tokens.refresh_token, { scope: all })).rejects.toMatchObject({
    error: 'invalid_scope',
  });
});

test('withdrawn consent ends the refresh token, while the access token stays valid', async () => {
  const { tokens, refresh } = await connect({ scope: `${all} offline_access` });
  await emulator.withdrawConsent();
  await expect(refresh(tokens.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
  expect(Number(claimsOf(tokens.access_token).exp)).toBeGreaterThan(Date.now() / 1000);
});

test('the resource may be given by each of its names, in every request', async () => {
  const names = [
    'http://localhost:3002/mcp',
    'http://localhost:3002/',
    'http://localhost:3002',
    emulator.resourceId,
  ];
  for (const atAuthorization of [...names, undefined]) {
    for (const later of names) {
      const { tokens, refresh } = await connect({
        scope: `${all} offline_access`,
        resource: atAuthorization,
      });
      const next = await refresh(tokens.refresh_token, { resource: later });
      expect(claimsOf(next.access_token).aud).toEqual(['http://localhost:3002/', 'res_1000000000000001']);
    }
  }
});

test('another resource is refused at refresh', async () => {
  const { tokens, refresh } = await connect({ scope: `${all} offline_access` });
  await expect(
    refresh(tokens.refresh_token, { resource: 'https://other.example/mcp' }),
  ).rejects.toMatchObject({
    error: 'invalid_target',
  });
});

test('a refresh token still works after the key was rotated', async () => {
  const { tokens, refresh } = await connect({ scope: `${all} offline_access` });
  await emulator.rotateKeys();
  const next = await refresh(tokens.refresh_token);
  expect(claimsOf(next.access_token).scope).toBe(`${all} offline_access`);
});

test('a code is valid once, for its verifier and its redirect URI', async () => {
  const { server, client, request, callback } = await connect({ scope: all });
  await expect(exchange(server, client, request, callback)).rejects.toMatchObject({ error: 'invalid_grant' });
  for (const change of [
    { verifier: oauth.generateRandomCodeVerifier() },
    { url: new URL('?redirect_uri=http://localhost:6274/x', request.url) },
  ]) {
    const fresh = await authorizationRequest(emulator, server, client.client_id);
    const answer = locationOf(await new Browser().open(fresh.url));
    await expect(exchange(server, client, { ...fresh, ...change }, answer)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  }
});

test('a request without PKCE, or with plain, is refused', async () => {
  const server = await discover(emulator);
  const client = await register(server);
  for (const parameters of [
    { code_challenge: undefined, code_challenge_method: undefined },
    { code_challenge_method: 'plain' },
  ]) {
    const request = await authorizationRequest(emulator, server, client.client_id, parameters);
    const callback = locationOf(await new Browser().open(request.url));
    expect(callback.searchParams.get('error')).toBe('invalid_request');
    expect(callback.searchParams.get('iss')).toBe(server.issuer);
  }
});

test('a confidential client has to show its secret', async () => {
  const server = await discover(emulator);
  const client = await register(server, { token_endpoint_auth_method: 'client_secret_post' });
  const request = await authorizationRequest(emulator, server, client.client_id);
  const callback = locationOf(await new Browser().open(request.url));
  const checked = oauth.validateAuthResponse(server, client, callback, request.state);
  const redeem = (authentication: oauth.ClientAuth) =>
    oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      checked,
      'http://localhost:6274/oauth/callback',
      request.verifier,
      insecure,
    );
  expect((await redeem(oauth.None())).status).toBe(401);
  const right = await redeem(oauth.ClientSecretPost(String(client.client_secret)));
  expect(right.status).toBe(200);
});
