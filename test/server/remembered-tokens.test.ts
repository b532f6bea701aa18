import { exportJWK, generateKeyPair, type JWTVerifyGetKey, SignJWT } from 'jose';
import { createLocalJWKSet } from 'jose/jwks/local';
import { beforeAll, describe, expect, it } from 'vitest';
import type { KeySet } from '../../src/server/keys.ts';
import { TokenVerifier } from '../../src/server/token-verifier.ts';
import { scopes } from './support.ts';

const environmentUrl = 'https://acme.scalekit.dev';
const resourceId = 'res_1000000000000001';

let sign: (subject: string) => Promise<string>;
let find: JWTVerifyGetKey;
beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  find = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }] });
  sign = (subject) =>
    new SignJWT({ scope: 'todo:read' })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(environmentUrl)
      .setAudience(resourceId)
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);
});

/** A verifier that counts how often it is called. */
function counting(rememberedTokens?: number) {
  const counter = { verified: 0 };
  const keys = {
    version: 1,
    find: (...args: Parameters<JWTVerifyGetKey>) => {
      counter.verified += 1;
      return find(...args);
    },
  } as unknown as KeySet;
  const rules = { environmentUrl, resourceId, keys, scopes, clockTolerance: undefined };
  const verifier = new TokenVerifier(rememberedTokens ? { ...rules, rememberedTokens } : rules);
  return { counter, keys, verify: (token: string) => verifier.verify(token) };
}

describe('verified tokens are remembered', () => {
  it('even if 1,100 take turns: none is verified twice', async () => {
    const { counter, verify } = counting();
    const tokens = await Promise.all(Array.from({ length: 1100 }, (_, n) => sign(`usr_${n}`)));
    for (let round = 0; round < 3; round += 1) for (const token of tokens) await verify(token);
    expect(counter.verified).toBe(1100);
  });

  it('and the one unused for longest is forgotten first', async () => {
    const { counter, verify } = counting(3);
    const [a, b, c, d] = (await Promise.all(['a', 'b', 'c', 'd'].map(sign))) as [
      string,
      string,
      string,
      string,
    ];
    for (const token of [a, b, c, a, d]) await verify(token);
    expect(counter.verified).toBe(4);
    await verify(a);
    expect(counter.verified, 'a was used again before d came').toBe(4);
    await verify(b);
    expect(counter.verified).toBe(5);
  });

  it('until the keys change', async () => {
    const { counter, keys, verify } = counting();
    const token = await sign('usr_1');
    await verify(token);
    keys.version += 1;
    await verify(token);
    expect(counter.verified).toBe(2);
  });
});
