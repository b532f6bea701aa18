import { decodeProtectedHeader } from 'jose';
import * as oauth from 'oauth4webapi';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { audienceMatches, scopesOf } from '../../src/scalekit/index.ts';
import { claimsOf, connect, discover } from './walk.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ autoApprove: true });
});
afterEach(async () => {
  emulator.configure({ tokenIssuer: 'resource', tokenLifetime: 3600, scopesArray: false });
  await emulator.reset();
});
afterAll(() => emulator.close());

/** A token as a user's client gets it. */
async function obtain(parameters: Record<string, string | undefined> = {}): Promise<string> {
  return (await connect(emulator, parameters)).tokens.access_token;
}

/** Token requests as machines make them. */
async function clientCredentials(
  body: Record<string, string>,
  { path = `/resources/${emulator.resourceId}/oauth/token`, headers = {} } = {},
): Promise<{ status: number; body: Record<string, string> }> {
  const response = await fetch(emulator.url + path, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ grant_type: 'client_credentials', ...body }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

const seconds = () => Math.floor(Date.now() / 1000);

describe('an access token', () => {
  test("has Scalekit's claims, issued or minted", async () => {
    for (const token of [await obtain(), await emulator.mint()]) {
      const claims = claimsOf(token);
      expect(claims).toEqual({
        iss: `${emulator.url}/resources/res_1000000000000001`,
        aud: ['http://localhost:3002/', 'res_1000000000000001'],
        sub: 'usr_1000000000000003',
        client_id: expect.stringMatching(/^m2m_\d+$/),
        scope: 'todo:read todo:write',
        iat: expect.any(Number),
        nbf: claims.iat,
        exp: Number(claims.iat) + 3600,
        jti: expect.stringMatching(/^tkn_/),
        sid: expect.stringMatching(/^ses_/),
        oid: expect.stringMatching(/^org_\d+$/),
      });
      expect(Math.abs(Number(claims.iat) - seconds())).toBeLessThanOrEqual(2);
      expect(audienceMatches(claims.aud, 'res_1000000000000001')).toBe(true);
      const header = decodeProtectedHeader(token);
      expect(header).toEqual({ alg: 'RS256', typ: 'at+jwt', kid: expect.stringMatching(/^snk_\d+$/) });
    }
  });

  test('is accepted by oauth4webapi as an RFC 9068 token', async () => {
    const server = await discover(emulator);
    const request = new Request('http://localhost:3002/mcp', {
      headers: { authorization: `Bearer ${await obtain()}` },
    });
    const claims = await oauth.validateJwtAccessToken(server, request, 'res_1000000000000001', {
      [oauth.allowInsecureRequests]: true,
    });
    expect(claims.sub).toBe('usr_1000000000000003');
  });

  test('carries the environment as issuer if configured', async () => {
    emulator.configure({ tokenIssuer: 'environment' });
    for (const token of [await obtain(), await emulator.mint()])
      expect(claimsOf(token).iss).toBe(emulator.url);
  });

  test('carries a scopes array beside the string on demand', async () => {
    emulator.configure({ scopesArray: true });
    for (const token of [await obtain(), await emulator.mint()])
      expect(claimsOf(token)).toMatchObject({
        scope: 'todo:read todo:write',
        scopes: ['todo:read', 'todo:write'],
      });
  });

  test('lives as long as configured', async () => {
    emulator.configure({ tokenLifetime: 300 });
    const claims = claimsOf(await obtain());
    expect(Number(claims.exp) - Number(claims.iat)).toBe(300);
  });

  test('follows a wrong clock, like the Date header', async () => {
    emulator.fault({ clockOffset: 7200 });
    for (const token of [await obtain(), await emulator.mint()])
      expect(Math.abs(Number(claimsOf(token).iat) - seconds() - 7200)).toBeLessThanOrEqual(2);
    const date = (await fetch(`${emulator.url}/keys`)).headers.get('date') ?? '';
    expect(Math.abs(Date.parse(date) / 1000 - seconds() - 7200)).toBeLessThanOrEqual(2);
    emulator.fault({});
    expect(Math.abs(Number(claimsOf(await emulator.mint()).iat) - seconds())).toBeLessThanOrEqual(2);
  });
});

describe('mint', () => {
  test('can be minted with any claims', async () => {
    const token = await emulator.mint({
      scopes: ['todo:read'],
      subject: 'usr_2',
      issuer: 'https://other.example',
      audience: 'res_2',
      claims: { scope: undefined, scp: ['a'], oid: undefined, extra: { deep: true } },
      header: { typ: 'JWT', kid: 'snk_2' },
    });
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'snk_2' });
    const claims = claimsOf(token);
    expect(claims).toMatchObject({ sub: 'usr_2', iss: 'https://other.example', aud: 'res_2', scp: ['a'] });
    expect(claims).not.toHaveProperty('scope');
    expect(claims).not.toHaveProperty('oid');
    expect(scopesOf(claims)).toEqual(['a']);
  });

  test('an expired token was issued before it expired', async () => {
    const claims = claimsOf(await emulator.mint({ expiresIn: -10 }));
    expect(Number(claims.exp)).toBeLessThan(seconds());
    expect(Number(claims.iat)).toBe(Number(claims.exp) - 3600);
  });

  test('a foreign key has an id that the key server does not know', async () => {
    const { keys } = (await (await fetch(`${emulator.url}/keys`)).json()) as { keys: { kid: string }[] };
    const { kid } = decodeProtectedHeader(await emulator.mint({ foreignKey: true }));
    expect(keys.map((key) => key.kid)).not.toContain(kid);
  });
});

describe('client credentials', () => {
  const secret = () => ({
    client_id: emulator.machineClient.clientId,
    client_secret: emulator.machineClient.clientSecret,
  });

  test.each(['/resources/res_1000000000000001/oauth/token', '/oauth/token'])(
    'give a machine a token at %s, with sub = client_id and the scopes array',
    async (path) => {
      const { status, body } = await clientCredentials(secret(), { path });
      expect(status).toBe(200);
      expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'todo:read todo:write' });
      expect(body).not.toHaveProperty('refresh_token');
      const claims = claimsOf(body.access_token ?? '');
      expect(claims).toMatchObject({
        sub: emulator.machineClient.clientId,
        client_id: emulator.machineClient.clientId,
        aud: ['http://localhost:3002/', 'res_1000000000000001'],
        scopes: ['todo:read', 'todo:write'],
      });
      expect(claims).not.toHaveProperty('sid');
    },
  );

  test('by the Authorization header, with fewer scopes, for the resource by its id', async () => {
    const { client_id, client_secret } = secret();
    const headers = { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` };
    const body = { scope: 'todo:read', resource: emulator.resourceId };
    const answer = await clientCredentials(body, { headers });
    expect(answer).toMatchObject({ status: 200, body: { scope: 'todo:read' } });
  });

  test('a wrong secret is refused', async () => {
    const answer = await clientCredentials({ ...secret(), client_secret: 'wrong' });
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  test('another resource is refused, and says which one there is', async () => {
    const answer = await clientCredentials({ ...secret(), resource: 'http://localhost:3003/mcp' });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
    expect(answer.body.error_description).toContain('http://localhost:3002/mcp');
  });

  test('scripts of web sites cannot avoid the consent page this way', async () => {
    const answer = await clientCredentials(secret(), { headers: { origin: 'https://evil.example' } });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const atEnvironment = await clientCredentials(secret(), {
      headers: { origin: 'https://evil.example' },
      path: '/oauth/token',
    });
    expect(atEnvironment.status).toBe(400);
  });

  test("the environment's token endpoint refuses everything else, with an explanation", async () => {
    const answer = await clientCredentials({ grant_type: 'authorization_code' }, { path: '/oauth/token' });
    expect(answer).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } });
    expect(answer.body.error_description).toContain('/resources/res_1000000000000001/oauth/token');
  });

  test('a body that is too large is refused without being read', async () => {
    const answer = await clientCredentials({ scope: 'x'.repeat(100_000) });
    expect(answer.status).toBe(413);
  });
});
