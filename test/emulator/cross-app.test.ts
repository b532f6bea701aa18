import { randomUUID } from 'node:crypto';
import { exchangeJwtAuthGrant, requestJwtAuthorizationGrant } from '@modelcontextprotocol/client';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { endpoints } from '../../src/scalekit/index.ts';
import { callTool, startTestServer, type TestServer } from '../server/support.ts';
import { type IdentityProvider, startIdentityProvider } from '../support/identity-provider.ts';
import { claimsOf, discover, register } from './walk.ts';

// Cross-app access, from an ID token of the company's identity provider to a tool's answer, with the official client's code.

let server: TestServer;
let provider: IdentityProvider;
beforeAll(async () => {
  [server, provider] = await Promise.all([startTestServer(), startIdentityProvider()]);
});
beforeEach(async () => {
  await server.scalekit.reset();
  server.scalekit.configure({ identityProvider: provider.issuer, userPermissions: false, roles: {} });
});
afterAll(() => Promise.all([server.stop(), provider.close()]));

const scalekit = () => server.scalekit;
const urls = () => endpoints(scalekit().url, scalekit().resourceId);

/** A client that registers itself, and is known to the identity provider. */
async function newClient(): Promise<string> {
  const { client_id: id } = await register(await discover(scalekit()));
  provider.connect(id);
  return id;
}

async function idJag(email: string, scope?: string): Promise<string> {
  const { jwtAuthGrant } = await requestJwtAuthorizationGrant({
    tokenEndpoint: `${provider.issuer}/token`,
    audience: urls().issuer,
    resource: server.endpoint,
    idToken: await provider.idToken(email),
    clientId: provider.client.id,
    clientSecret: provider.client.secret,
    ...(scope === undefined ? {} : { scope }),
  });
  return jwtAuthGrant;
}

const redeem = (jwtAuthGrant: string, clientId: string, tokenEndpoint = urls().environmentToken) =>
  exchangeJwtAuthGrant({ tokenEndpoint, jwtAuthGrant, clientId, authMethod: 'none' });

const second = 'second.user@example.com';

describe('cross-app access', () => {
  test('leads from an ID token to a tool, at both token endpoints, without a page', async () => {
    const client = await newClient();
    for (const endpoint of [urls().environmentToken, urls().token]) {
      const tokens = await redeem(await idJag(second), client, endpoint);
      expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'todo:read todo:write' });
      expect(tokens).not.toHaveProperty('refresh_token');
      expect(claimsOf(tokens.access_token)).toMatchObject({
        sub: 'usr_1000000000000004',
        client_id: client,
        aud: expect.arrayContaining([scalekit().resourceId]),
      });
      expect((await callTool(server, tokens.access_token, 'todo_write')).status).toBe(200);
    }
  });

  test('grants no more than the ID-JAG says and the person may', async () => {
    const client = await newClient();
    const read = await redeem(await idJag(second, 'todo:read'), client);
    expect(read.scope).toBe('todo:read');
    expect((await callTool(server, read.access_token, 'todo_write')).status).toBe(403);

    scalekit().configure({ userPermissions: true, roles: { viewer: ['todo:read'] } });
    const users = scalekit().users.map((user) => ({ ...user, roles: ['viewer'] }));
    scalekit().configure({ users });
    expect((await redeem(await idJag(second), client)).scope).toBe('todo:read');
  });

  test('also works for a client of the dashboard, and for one with a secret', async () => {
    const { clientId, clientSecret } = scalekit().machineClient as { clientId: string; clientSecret: string };
    provider.connect(clientId);
    const tokens = await exchangeJwtAuthGrant({
      tokenEndpoint: urls().environmentToken,
      jwtAuthGrant: await idJag(second),
      clientId,
      clientSecret,
    });
    expect(claimsOf(tokens.access_token)).toMatchObject({ client_id: clientId, sub: 'usr_1000000000000004' });
  });

  test('accepts an ID-JAG once', async () => {
    const client = await newClient();
    const once = await idJag(second);
    await redeem(once, client);
    await expect(redeem(once, client)).rejects.toThrow(/used before/);
  });

  test('is off unless an identity provider is trusted', async () => {
    const client = await newClient();
    const grant = await idJag(second);
    scalekit().configure({ identityProvider: 'off' });
    await expect(redeem(grant, client)).rejects.toThrow(/unsupported_grant_type|unsupported/i);
    const metadata = async () => (await (await fetch(urls().metadata)).json()) as Record<string, unknown>;
    expect((await metadata()).grant_types_supported).not.toContain(
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    );
    scalekit().configure({ identityProvider: provider.issuer });
    expect((await metadata()).grant_types_supported).toContain('urn:ietf:params:oauth:grant-type:jwt-bearer');
  });
});

describe('an ID-JAG is refused', () => {
  const good = (client: string): JWTPayload => ({
    iss: provider.issuer,
    sub: 'idp|2',
    email: second,
    aud: urls().issuer,
    client_id: client,
    jti: randomUUID(),
    resource: server.endpoint,
  });
  const cases: ReadonlyArray<readonly [string, Record<string, unknown>, Record<string, string>, RegExp]> = [
    ['of another issuer', { iss: 'https://other.example' }, {}, /iss/],
    ['for another authorization server', { aud: 'https://other.example' }, {}, /aud/],
    ['for another client', { client_id: 'm2m_1' }, {}, /client m2m_1/],
    ['for another resource', { resource: 'https://other.example/mcp' }, {}, /other\.example/],
    ['for nobody here', { email: 'nobody@example.com' }, {}, /nobody@example\.com/],
    ['without an id', { jti: undefined }, {}, /jti/],
    ['that is an ID token', {}, { typ: 'JWT' }, /typ/],
  ];
  test.each(cases)('%s', async (_, change, header, reason) => {
    const client = await newClient();
    const grant = await provider.sign({ ...good(client), ...change }, { typ: 'oauth-id-jag+jwt', ...header });
    await expect(redeem(grant, client)).rejects.toThrow(reason);
  });

  test('with another signature', async () => {
    const client = await newClient();
    const [header, payload, signature = ''] = (await provider.sign(good(client))).split('.');
    const forged = [header, payload, Buffer.alloc(signature.length * 0.75, 7).toString('base64url')].join(
      '.',
    );
    await expect(redeem(forged, client)).rejects.toThrow(/signature/);
  });

  test('before its nbf', async () => {
    const client = await newClient();
    const grant = await provider.sign({ ...good(client), nbf: Math.floor(Date.now() / 1000) + 3600 });
    await expect(redeem(grant, client)).rejects.toThrow(/nbf/);
  });

  test('when its keys are unavailable', async () => {
    const client = await newClient();
    const grant = await provider.sign(good(client));
    scalekit().configure({ identityProvider: 'http://127.0.0.1:9' });
    await expect(redeem(grant, client)).rejects.toThrow(/keys of http:\/\/127\.0\.0\.1:9/);
  });
});
