import { base64url } from '../forge.ts';
import type { AttackCase, Kit } from '../types.ts';
import { invalidToken, slug, tokenCase } from './shorthand.ts';

const parts = (token: string): [string, string, string] => token.split('.') as [string, string, string];

/** Texts that are not a compact JWS at all; none needs a key. */
const garbage: ReadonlyArray<readonly [name: string, token: string, source: string]> = [
  ['a word', 'token', 'Auth0 get-token.test'],
  ['two parts', 'a.b', 'Envoy JwtBadFormat'],
  ['three empty parts', '..', 'Envoy JwtBadFormat'],
  ['three letters', 'a.b.c', 'Envoy JwtBadFormat'],
  ['four parts', 'a.b.c.d', 'Envoy JwtBadFormat'],
  ['five parts, as a JWE', 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAA.AAAA.AAAA', 'RFC 7516 §7.1'],
  [
    'a header that is no JSON',
    `${base64url('{"alg":"RS256", this is no JSON}')}.e30.AAAA`,
    'Envoy jwt_test BadJsonHeader',
  ],
  [
    'a payload that is no JSON',
    `${base64url('{"alg":"RS256"}')}.${base64url('this is no JSON')}.AAAA`,
    'Envoy jwt_test BadJsonPayload',
  ],
  ['a header that is null', `${base64url('null')}.e30.AAAA`, 'RFC 7515 §4'],
  ['a header that is a list', `${base64url('[]')}.e30.AAAA`, 'RFC 7515 §4'],
  ['a header that is a string', `${base64url('"RS256"')}.e30.AAAA`, 'RFC 7515 §4'],
  [
    'a header of invalid UTF-8',
    `${base64url(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))}.e30.AAAA`,
    'RFC 7515 §5.2',
  ],
  [
    'a header 40 levels deep',
    `${base64url(`${'{"alg":'.repeat(40)}1${'}'.repeat(40)}`)}.e30.AAAA`,
    'RFC 7515 §4',
  ],
  ['undefined', 'undefined', 'RFC 6750 §2.1'],
  ['null', 'null', 'RFC 6750 §2.1'],
  ['[object Object]', '[object%20Object]', 'RFC 6750 §2.1'],
  ['a Scalekit secret', 'test_abcdefghijklmnop', 'Scalekit: identifiers'],
  ['a refresh token', 'rft_1234567890', 'Scalekit: identifiers'],
  ['a path', '../../../etc/passwd', 'RFC 6750 §2.1'],
  ['12 KB of one letter', 'a'.repeat(12_000), 'house rule'],
  ['1,000 dots', '.'.repeat(1000), 'CVE-2025-30204 (excessive splitting)'],
];

const notTokens: readonly AttackCase[] = garbage.map(([name, token, source]) => ({
  id: `format/${slug(name)}`,
  title: `the token is ${name}`,
  source,
  needs: 'nothing',
  attack: () => ({ token }),
  // A text that is not even a b64token may be called a malformed request instead (RFC 6750 §3.1).
  expect: { status: [401, 400] },
}));

/** What is done to the spelling of a good token: it must be refused although careful decoding would read the same. */
const respelt: ReadonlyArray<
  readonly [name: string, change: (token: string, kit: Kit) => string, source: string]
> = [
  ['with padding', (token) => `${token}==`, 'RFC 7515 §2 (no padding)'],
  [
    'with a padded payload',
    (token) => {
      const [h, p, s] = parts(token);
      return `${h}.${p}=.${s}`;
    },
    'RFC 7515 §2',
  ],
  [
    'in the standard alphabet',
    (token) => {
      const [h, p, s] = parts(token);
      return `${h}.${p}.${Buffer.from(s, 'base64url').toString('base64')}`;
    },
    'RFC 7515 §2',
  ],
  [
    'with a tab inside',
    (token) => {
      const [h, p, s] = parts(token);
      return `${h}.\t${p}.${s}`;
    },
    'RFC 7515 §7.1',
  ],
  [
    'with a space inside',
    (token) => {
      const [h, p, s] = parts(token);
      return `${h}. ${p}.${s}`;
    },
    'Envoy extractor_test EndedWithSpaceAndMoreCharacters',
  ],
  ['with a dot after it', (token) => `${token}.`, 'RFC 7515 §7.1'],
  ['with a dot before it', (token) => `.${token}`, 'RFC 7515 §7.1'],
  ['with an empty fourth part', (token) => `${token}..`, 'RFC 7515 §7.1'],
  ['twice over', (token) => `${token}.${token}`, 'RFC 7515 §7.1'],
  ['in quotes', (token) => `"${token}"`, 'RFC 6750 §2.1'],
  ['with a semicolon after it', (token) => `${token};`, 'RFC 6750 §2.1'],
  ['with a comma after it', (token) => `${token},`, 'RFC 6750 §2.1'],
  ['percent-encoded', (token) => token.replaceAll('.', '%2E'), 'RFC 6750 §2.1'],
  ['with a byte above ASCII', (token) => `${token}\u00e9`, 'RFC 6750 §2.1'],
  ['with a letter outside of base64url', (token) => `${token}!`, 'RFC 4648 §5'],
  [
    'as flattened JSON',
    (token) => {
      const [h, p, s] = parts(token);
      return JSON.stringify({ protected: h, payload: p, signature: s });
    },
    'RFC 7515 §7.2.2',
  ],
  ['as base64 of itself', (token) => base64url(token), 'RFC 7515 §7.1'],
];

/** A changed signature part still decodes to the same bytes; a changed header or payload is no longer what was signed. */
const readLeniently: ReadonlySet<string> = new Set(['with padding', 'in the standard alphabet']);

const respellings: readonly AttackCase[] = respelt.map(([name, change, source]) => ({
  id: `spelling/${slug(name)}`,
  title: `a good token ${name}`,
  source,
  needs: 'token',
  attack: async (kit) => ({ token: change(await kit.token(), kit) }),
  expect: { status: [401, 400] },
  ...(readLeniently.has(name)
    ? {
        oracleDiffers:
          'the oracle decodes the signature leniently; RFC 7515 §2 has one spelling of base64url',
      }
    : {}),
}));

/** Signed payloads that are not a set of claims. */
const payloads: ReadonlyArray<readonly [name: string, payload: string]> = [
  ['a list', '[]'],
  ['null', 'null'],
  ['a string', '"usr_1"'],
  ['a number', '1'],
  ['empty', ''],
  ['no JSON', 'iss=x'],
  ['an empty object', '{}'],
];

const oddPayloads: readonly AttackCase[] = payloads.map(([name, payload]) =>
  tokenCase({
    id: `payload/${slug(name)}`,
    title: `a signed payload that is ${name}`,
    source: 'RFC 7519 §7.2; Envoy jwt_test BadJsonPayload',
    needs: 'key',
    token: ({ forge }) => forge.token({ payload }),
  }),
);

const nested: readonly AttackCase[] = [
  tokenCase({
    id: 'payload/a-good-token',
    title: 'a signed payload that is a good token itself (nested JWT)',
    source: 'RFC 7519 §5.2',
    needs: 'key',
    token: ({ forge }) => forge.token({ header: { cty: 'JWT' }, payload: forge.token() }),
    expect: invalidToken,
  }),
];

/** Texts that only look like a token. */
export const formatCases: readonly AttackCase[] = [...notTokens, ...respellings, ...oddPayloads, ...nested];
