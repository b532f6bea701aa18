import { describe, expect, test } from 'vitest';
import { bareToken } from '../../src/doctor/flags.ts';
import { explainRefusal, partOf } from '../../src/doctor/token-refusals.ts';
import { answer, healthy } from './fixtures/world.ts';

/** The words with which SDKs refuse a good token, each from the source or the answer of its library. */

const refused = (description: string) =>
  answer('http://localhost:3002/mcp', 401, {
    json: { error: 'invalid_token', error_description: description },
  });

test.each([
  ['jose', 'unexpected "aud" claim value', 'audience'],
  ['jose', 'unexpected "iss" claim value', 'issuer'],
  ['jose', '"nbf" claim timestamp check failed', 'clock'],
  ['jose', '"alg" (Algorithm) Header Parameter value not allowed', 'algorithm'],
  ['jose', 'no applicable key found in the JSON Web Key Set', 'keys'],
  ['jose', 'Expected 200 OK from the JSON Web Key Set HTTP response', 'keys'],
  ['PyJWT', "Audience doesn't match", 'audience'],
  ['PyJWT', 'The token is not yet valid (iat)', 'clock'],
  ['PyJWT', 'Unable to find a signing key that matches: "abc"', 'keys'],
  ['golang-jwt', 'invalid token: token has invalid claims: token has invalid audience', 'audience'],
  ['go-sdk', 'token missing expiration', 'expiration'],
  ['the TypeScript SDK', 'Token has no expiration time', 'expiration'],
  [
    'Spring Security',
    'An error occurred while attempting to decode the Jwt: The iss claim is not valid',
    'issuer',
  ],
  ['Spring Security', 'The aud claim is not valid', 'audience'],
  ['ASP.NET Core', "The audience 'http://localhost:3002/' is invalid", 'audience'],
  ['ASP.NET Core', "The issuer 'https://acme.scalekit.dev' is invalid", 'issuer'],
  ['ASP.NET Core', 'The signature key was not found', 'keys'],
  ['the TypeScript SDK', 'Insufficient scope', 'scope'],
  ['a program that did not set itself up', 'Authentication service unavailable', 'setup'],
] as const)('%s: %s is about the %s', (_, words, part) => {
  expect(partOf(refused(words))).toBe(part);
});

test.each([
  'The access token is invalid',
  'Authentication failed. The provided bearer token is invalid, expired, or no longer recognized by the server.',
  'Token expired or invalid',
])('%s is about nothing in particular', (words) => {
  expect(partOf(refused(words))).toBeUndefined();
});

describe('explainRefusal', () => {
  if (!healthy.project.known) throw new Error('The healthy facts lack the project');
  const project = {
    ...healthy.project.value,
    tokenCheck: [
      { part: 'keys', text: '"/.well-known/jwks.json"', file: 'auth.ts', line: 4 },
      { part: 'issuer', text: 'issuer: url', file: 'auth.ts', line: 9 },
    ],
  } as const;

  test('names the line that the words are about', () => {
    const { fix } = explainRefusal(refused('unexpected "iss" claim value'), project) ?? {};
    expect(fix).toMatch(/^Accept both issuers.* auth\.ts:9 has issuer: url\.$/);
  });

  test('goes by the source where the words tell nothing', () => {
    const { fix } = explainRefusal(refused('The access token is invalid'), project) ?? {};
    expect(fix).toMatch(/^Fetch the keys from .* auth\.ts:4 has "\/\.well-known\/jwks\.json"\.$/);
  });

  test('knows nothing without either', () => {
    expect(explainRefusal(refused('The access token is invalid'), undefined)).toBeUndefined();
  });
});

test.each([
  'a.b.c',
  'Bearer a.b.c',
  'Authorization: Bearer a.b.c',
  '"a.b.c"\n',
  'a.b\n  .c',
  '{"access_token":"a.b.c","token_type":"Bearer"}',
  'access_token=a.b.c',
])('the token in %j is found', (pasted) => {
  expect(bareToken(pasted)).toBe('a.b.c');
});
