// Which tokens the server accepts, and what it answers to the others.
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import type { MintOptions } from '../../src/emulator/index.ts';
import { listTools, send } from '../../src/server/testing/index.ts';
import { list, startTestServer, type TestServer } from './support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const listWith = (token: string) => list(server, token);

const now = Math.floor(Date.now() / 1000);

describe('good tokens', () => {
  const good: Record<string, () => MintOptions> = {
    'as Scalekit issues them': () => ({}),
    'of the older issuer, the environment': () => ({ issuer: server.scalekit.url }),
    'with the resource id as only audience': () => ({ audience: server.scalekit.resourceId }),
    'with a scopes array, as machines have it': () => ({
      claims: { scope: undefined, scopes: ['any:scope'] },
    }),
    'typed JWT': () => ({ header: { typ: 'JWT' } }),
    'expired less than a minute ago, by our clock': () => ({ expiresIn: -30 }),
  };
  for (const [name, options] of Object.entries(good)) {
    it(`accepts one ${name}`, async () => {
      const { status, json } = await listWith(await server.scalekit.mint(options()));
      assert.equal(status, 200);
      assert.ok(json.result.tools.length > 0);
    });
  }
});

describe('bad tokens', () => {
  const bad: Record<string, [reason: string, () => MintOptions]> = {
    'for another server': ['token_audience', () => ({ audience: ['https://other.example/', 'res_999'] })],
    'of another issuer': ['token_issuer', () => ({ issuer: 'https://other.scalekit.dev' })],
    'of another server of the same environment': [
      'token_issuer',
      () => ({ issuer: `${server.scalekit.url}/resources/res_999` }),
    ],
    'that has expired': ['token_expired', () => ({ expiresIn: -120 })],
    'that is not valid yet': ['token_not_yet_valid', () => ({ claims: { nbf: now + 600 } })],
    'from the future': ['token_not_yet_valid', () => ({ claims: { iat: now + 600, exp: now + 1200 } })],
    'that lives for years': ['token_lifetime', () => ({ expiresIn: 1e9 })],
    'without an end': ['token_malformed', () => ({ claims: { exp: undefined } })],
    'without a subject': ['token_subject', () => ({ claims: { sub: undefined } })],
    'with an empty subject': ['token_subject', () => ({ claims: { sub: '' } })],
    'of a type that is no text': ['token_type', () => ({ header: { typ: 1 } })],
    'that is an id token': ['token_type', () => ({ header: { typ: 'id+jwt' } })],
    'that is bound to its sender': ['token_sender_bound', () => ({ claims: { cnf: { jkt: 'x' } } })],
    'signed with a foreign key': ['token_key_unknown', () => ({ foreignKey: true })],
  };
  for (const [name, [reason, options]] of Object.entries(bad)) {
    it(`answers 401 to one ${name}`, async () => {
      const token = await server.scalekit.mint(options());
      const { status, headers, text, json } = await listWith(token);
      assert.equal(status, 401);
      assert.equal(json.error.data.reason, reason);
      assert.match(
        headers['www-authenticate'] ?? '',
        /^Bearer error="invalid_token", error_description="[^"]+"/,
      );
      assert.equal(headers['cache-control'], 'no-store');
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.ok(server.log.some((line) => line.event === 'refused' && line.reason === reason));
      assert.ok(
        !text.includes(token) && !JSON.stringify(server.log).includes(token),
        'neither answers nor the log contain the token',
      );
    });
  }
});

describe('forged tokens', () => {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = () => ({
    iss: server.scalekit.url,
    aud: server.scalekit.resourceId,
    sub: 'usr_1',
    exp: now + 600,
  });
  const signedBy = (alg: string) => `${encode({ alg, typ: 'at+jwt' })}.${encode(claims())}`;
  const forged: Record<string, [reason: string, () => Promise<string>]> = {
    unsigned: ['token_malformed', async () => `${signedBy('none')}.`],
    'unsigned, with something for a signature': ['token_algorithm', async () => `${signedBy('none')}.x`],
    'that is signed with a secret': ['token_algorithm', async () => `${signedBy('HS256')}.x`],
    'whose claims were changed': [
      'token_signature',
      async () => {
        const [header, , signature] = (await server.scalekit.mint()).split('.');
        return `${header}.${encode({ ...claims(), sub: 'usr_2' })}.${signature}`;
      },
    ],
    'whose signature was changed, after the good one was let in': [
      'token_signature',
      async () => {
        const token = await server.scalekit.mint();
        assert.equal((await listWith(token)).status, 200);
        const [header, payload, signature = ''] = token.split('.');
        return `${header}.${payload}.${signature.slice(8)}${signature.slice(0, 8)}`;
      },
    ],
    'with text after it': ['token_malformed', async () => `${await server.scalekit.mint()} extra`],
    'that is no token': ['token_malformed', async () => 'garbage'],
  };
  for (const [name, [reason, forge]] of Object.entries(forged)) {
    it(`answers 401 to one ${name}`, async () => {
      const { status, json } = await listWith(await forge());
      assert.equal(status, 401);
      assert.equal(json.error.data.reason, reason);
    });
  }

  it('answers 400 to two tokens, even if both are good', async () => {
    const bearer = `Bearer ${await server.scalekit.mint()}`;
    const answer = await send(server.endpoint, {
      headers: { authorization: [bearer, bearer] },
      body: listTools,
    });
    assert.equal(answer.status, 400);
  });

  it('ignores a token in the URL', async () => {
    const answer = await send(`${server.endpoint}?access_token=${await server.scalekit.mint()}`, {
      body: listTools,
    });
    assert.equal(answer.status, 400);
  });
});

describe('a token that was let in', () => {
  it('is refused once it has expired', async () => {
    const token = await server.scalekit.mint({ expiresIn: 30 });
    assert.equal((await listWith(token)).status, 200);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 120_000 });
    try {
      assert.equal((await listWith(token)).json.error.data.reason, 'token_expired');
    } finally {
      vi.useRealTimers();
    }
  });
});
