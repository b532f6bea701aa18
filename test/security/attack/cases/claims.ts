import { now, type Parameters } from '../forge.ts';
import type { AttackCase, Kit } from '../types.ts';
import { claimsCase, ran, signedCase, slug } from './shorthand.ts';

type Row = readonly [name: string, value: unknown | ((kit: Kit) => unknown), source: string];

/** One case per row: with this value of the claim, the token is refused. */
function refused(
  claim: string,
  rows: readonly Row[],
  differs: Readonly<Record<string, string>> = {},
): AttackCase[] {
  return rows.map(([name, value, source]) =>
    claimsCase(
      `${claim}/${slug(name)}`,
      `${claim} is ${name}`,
      source,
      (kit) => ({ [claim]: typeof value === 'function' ? value(kit) : value }),
      differs[name] === undefined ? {} : { oracleDiffers: differs[name] },
    ),
  );
}

const issuers = refused('iss', [
  ['absent', undefined, 'RFC 9068 §4; Auth0 jwt-verifier.test "missing iss"'],
  ['empty', '', 'RFC 9068 §4'],
  ['another', 'https://attacker.example', 'Auth0 validate.test; Envoy JwtUnknownIssuer'],
  [
    'the right one with a slash after it',
    ({ target }: Kit) => `${target.issuers[1]}/`,
    'RFC 9207 §2.4 (simple string comparison)',
  ],
  ['the environment with a slash after it', ({ target }: Kit) => `${target.issuers[0]}/`, 'RFC 3986 §6.2.1'],
  ['the right one in capitals', ({ target }: Kit) => target.issuers[1].toUpperCase(), 'RFC 3986 §6.2.1'],
  ['the right one with a query', ({ target }: Kit) => `${target.issuers[1]}?a=b`, 'RFC 8414 §2'],
  [
    'the right one as a prefix of a host',
    ({ target }: Kit) => `${target.issuers[0]}.attacker.example`,
    'RFC 8725 §3.8',
  ],
  [
    'the right one behind a user name',
    ({ target }: Kit) => target.issuers[1].replace('://', '://attacker.example@'),
    'RFC 8725 §3.8',
  ],
  [
    'of another resource',
    ({ target }: Kit) => `${target.issuers[0]}/resources/res_9999999999999999`,
    'Scalekit: access tokens',
  ],
  [
    'with another scheme',
    ({ target }: Kit) =>
      target.issuers[1].replace(/^https?/, (scheme) => (scheme === 'http' ? 'https' : 'http')),
    'RFC 3986 §6.2.1',
  ],
  ['a list with the right one', ({ target }: Kit) => [target.issuers[1]], 'RFC 7519 §4.1.1'],
  ['a list of both', ({ target }: Kit) => [...target.issuers], 'RFC 7519 §4.1.1'],
  ['a number', 1, 'RFC 7519 §4.1.1'],
  ['null', null, 'RFC 7519 §4.1.1'],
  ['an object', ({ target }: Kit) => ({ url: target.issuers[1] }), 'RFC 7519 §4.1.1'],
]);

const audiences = refused('aud', [
  ['absent', undefined, 'RFC 9068 §4; MCP authorization, "audience validated"'],
  ['another resource', 'res_9999999999999999', 'RFC 8707 §2; Auth0 validate.test'],
  ['a list of others', ['res_9999999999999999', 'https://other.example/mcp'], 'Auth0 validate.test'],
  ['the resource id and a digit more', ({ target }: Kit) => `${target.resourceId}0`, 'RFC 8725 §3.9'],
  ['the resource id less a digit', ({ target }: Kit) => target.resourceId.slice(0, -1), 'RFC 8725 §3.9'],
  ['the resource id in capitals', ({ target }: Kit) => target.resourceId.toUpperCase(), 'RFC 8725 §3.9'],
  ['the resource id with a space', ({ target }: Kit) => ` ${target.resourceId}`, 'RFC 8725 §3.9'],
  ['names joined by a comma', ({ target }: Kit) => `x,${target.resourceId}`, 'RFC 7519 §4.1.3'],
  ['names joined by a space', ({ target }: Kit) => `x ${target.resourceId}`, 'RFC 7519 §4.1.3'],
  ['a list in a list', ({ target }: Kit) => [[target.resourceId]], 'RFC 7519 §4.1.3'],
  ['an object', ({ target }: Kit) => ({ [target.resourceId]: true }), 'RFC 7519 §4.1.3'],
  ['a number', 1, 'Auth0 validate.test'],
  ['null', null, 'RFC 7519 §4.1.3'],
  ['true', true, 'RFC 7519 §4.1.3'],
  ['empty', '', 'RFC 7519 §4.1.3'],
  ['an empty list', [], 'RFC 7519 §4.1.3'],
  ['the issuer', ({ target }: Kit) => target.issuers[1], 'RFC 8725 §3.9'],
  ['the client', 'm2m_1000000000000004', 'OpenID Connect Core §2 (an id token)'],
]);

const hour = 3600;
const day = 24 * hour;
const later = (seconds: number) => () => now() + seconds;

const expiry = refused(
  'exp',
  [
    ['absent', undefined, 'RFC 9068 §2.2; Envoy authenticator_test NonExpiringToken'],
    ['an hour ago', later(-hour), 'Auth0 jwt-verifier.test; Envoy JwtExpired'],
    ['61 seconds ago, one more than the skew', later(-63), 'Envoy jwt_authn clock skew'],
    ['zero', 0, 'RFC 7519 §4.1.4'],
    ['negative', -1, 'RFC 7519 §4.1.4'],
    ['a string', () => String(now() + hour), 'Auth0 validate.test'],
    ['a word', 'never', 'Auth0 validate.test'],
    ['null', null, 'RFC 7519 §2'],
    ['true', true, 'RFC 7519 §2'],
    ['a list', () => [now() + hour], 'RFC 7519 §2'],
    ['an object', () => ({ valueOf: now() + hour }), 'RFC 7519 §2'],
    ['25 hours ahead', later(25 * hour), 'Envoy authenticator_test TestLifetimeConstraint'],
    ['ten years ahead', later(3650 * day), 'Envoy authenticator_test TestLifetimeConstraint'],
    ['in the year 9999', 253_402_300_799, 'house rule'],
    ['1e308', 1e308, 'house rule'],
    ['in milliseconds', () => Date.now() + hour * 1000, 'RFC 7519 §2'],
  ],
  Object.fromEntries(
    ['25 hours ahead', 'ten years ahead', 'in the year 9999', '1e308', 'in milliseconds'].map((name) => [
      name,
      'the oracle has no maximum lifetime',
    ]),
  ),
);

const notBefore = refused('nbf', [
  ['an hour ahead', later(hour), 'Auth0 jwt-verifier.test; Envoy JwtNotYetValid'],
  ['62 seconds ahead, more than the skew', later(64), 'Envoy jwt_authn clock skew'],
  ['a string', () => String(now() - 10), 'RFC 7519 §4.1.5'],
  ['false', false, 'Auth0 express index.test'],
  ['null', null, 'RFC 7519 §2'],
  ['1e308', 1e308, 'RFC 7519 §4.1.5'],
]);

const issuedAt = refused(
  'iat',
  [
    ['an hour ahead', later(hour), 'Auth0 validate.test; house rule'],
    ['a string', () => String(now()), 'RFC 7519 §4.1.6'],
    ['null', null, 'RFC 7519 §2'],
    ['true', true, 'RFC 7519 §2'],
    ['zero: a lifetime of decades', 0, 'Envoy authenticator_test TestLifetimeConstraint'],
    [
      '25 hours ago: a lifetime of more than a day',
      later(-25 * hour),
      'Envoy authenticator_test TestLifetimeConstraint',
    ],
    ['negative', -1, 'RFC 7519 §4.1.6'],
    ['1e308', 1e308, 'RFC 7519 §4.1.6'],
  ],
  {
    'an hour ahead': 'the oracle checks that iat is a number, not that it has come',
    '1e308': 'the oracle checks that iat is a number, not that it has come',
    'zero: a lifetime of decades': 'the oracle has no maximum lifetime',
    '25 hours ago: a lifetime of more than a day': 'the oracle has no maximum lifetime',
    negative: 'the oracle has no maximum lifetime',
  },
);

const subjects = refused(
  'sub',
  [
    ['absent', undefined, 'RFC 9068 §2.2; Auth0 validate.test strict'],
    ['empty', '', 'house rule'],
    ['white space', ' \t', 'RFC 7519 §4.1.2'],
    ['a number', 1, 'Auth0 validate.test strict'],
    ['null', null, 'RFC 7519 §4.1.2'],
    ['true', true, 'RFC 7519 §4.1.2'],
    ['a list', ['usr_1'], 'RFC 7519 §4.1.2'],
    ['an object', { toString: 'usr_1' }, 'house rule'],
  ],
  {
    empty: 'the oracle checks that sub is a string, not that it names someone',
    'white space': 'the oracle checks that sub is a string, not that it names someone',
  },
);

/** Types of other JWTs, which are not access tokens (RFC 8725 §3.11 and §3.12, RFC 9068 §2.1). */
const otherTypes = [
  'id+jwt',
  'logout+jwt',
  'dpop+jwt',
  'secevent+jwt',
  'token-introspection+jwt',
  'oauth-authz-req+jwt',
  'entity-statement+jwt',
  'client-authentication+jwt',
  'vc+sd-jwt',
  'kb+jwt',
  'rt+jwt',
  'JOSE',
  'text/at+jwt',
  'at+jwt;a=b',
  'at',
  '',
];

const types: readonly AttackCase[] = [
  ...otherTypes.map((typ) =>
    signedCase(`typ/${slug(typ) || 'empty'}`, `typ is "${typ}"`, 'RFC 8725 §3.11; house rule', () => ({
      header: { typ },
    })),
  ),
  ...(
    [
      ['a number', 1],
      ['null', null],
      ['a list', ['at+jwt']],
      ['an object', { typ: 'at+jwt' }],
    ] as const
  ).map(([name, typ]) =>
    signedCase(`typ/${slug(name)}`, `typ is ${name}`, 'Auth0 validate.test strict', () => ({
      header: { typ },
    })),
  ),
];

const bound: readonly AttackCase[] = (
  [
    ['a DPoP key', { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' }],
    ['a client certificate', { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' }],
    ['a key', { jwk: { kty: 'RSA', n: 'AQ', e: 'AQAB' } }],
    ['a key id', { kid: 'x' }],
  ] as const
).map(([name, cnf]) =>
  claimsCase(`cnf/${slug(name)}`, `bound to ${name}, sent as a bearer token`, 'RFC 9449 §7.2; RFC 8705 §3', {
    cnf,
  }),
);

/** Tokens that must be accepted: a server that refuses everything would pass the other cases. */
const good: ReadonlyArray<
  readonly [name: string, claims: Parameters | ((kit: Kit) => Parameters), source: string, differs?: string]
> = [
  ['as Scalekit issues it', {}, 'Scalekit: access tokens'],
  [
    'from the other issuer',
    ({ target }) => ({ iss: target.issuers[0] }),
    'Scalekit: two issuers',
    'the oracle knows one issuer; Scalekit has two while its migration runs',
  ],
  [
    'aud is the resource id alone',
    ({ target }) => ({ aud: target.resourceId }),
    'RFC 7519 §4.1.3; Auth0 validate.test',
  ],
  [
    'aud is a list of the resource id',
    ({ target }) => ({ aud: [target.resourceId] }),
    'Scalekit: access tokens',
  ],
  [
    'aud has the resource id last',
    ({ target }) => ({ aud: ['https://x.example/', 'y', target.resourceId] }),
    'Auth0 validate.test',
  ],
  [
    'expired 30 seconds ago, within the skew',
    () => ({ exp: now() - 30, iat: now() - 600 }),
    'Envoy jwt_authn clock skew; Auth0 clockTolerance',
  ],
  [
    'nbf 30 seconds ahead, within the skew',
    () => ({ nbf: now() + 30 }),
    'Envoy jwt_authn clock skew; Auth0 clockTolerance',
  ],
  ['iat 30 seconds ahead, within the skew', () => ({ iat: now() + 30 }), 'Envoy jwt_authn clock skew'],
  ['exp is a fraction', () => ({ exp: now() + 600.5 }), 'RFC 7519 §2'],
  ['lives for an hour', () => ({ exp: now() + hour }), 'Scalekit: lifetime'],
  ['scope is a list', ({ target }) => ({ scope: [...target.scopes] }), 'Auth0 express index.test'],
  [
    'scopes in a scopes list',
    ({ target }) => ({ scope: undefined, scopes: [...target.scopes] }),
    'Scalekit: access tokens',
  ],
  [
    'scopes in an scp list',
    ({ target }) => ({ scope: undefined, scp: [...target.scopes] }),
    'Scalekit: access tokens',
  ],
  [
    'scopes in an scp string',
    ({ target }) => ({ scope: undefined, scp: target.scopes.join(' ') }),
    'Scalekit: access tokens',
  ],
  [
    'scopes in two claims',
    ({ target }) => ({ scope: target.scopes[0], scopes: target.scopes.slice(1) }),
    'Scalekit: read the union',
  ],
  [
    'more scopes than the server has',
    ({ target }) => ({ scope: `openid offline_access ${target.scopes.join(' ')} other:scope` }),
    'RFC 6749 §3.3',
  ],
  [
    'without iat',
    { iat: undefined },
    'RFC 7519 §4.1.6',
    'the oracle wants every claim of RFC 9068 §2.2; here exp bounds the lifetime from now on, which is all that iat is for',
  ],
  [
    'without jti and client_id',
    { jti: undefined, client_id: undefined },
    'RFC 7519 §4.1.7',
    'the oracle wants every claim of RFC 9068 §2.2; nothing here depends on these two, and other providers leave them out',
  ],
  [
    'an array among unknown claims',
    { roles: ['a'], 'https://example.com/x': { deep: [1, 2] } },
    'RFC 7519 §4',
  ],
  ['a subject called __proto__', { sub: '__proto__' }, 'house rule'],
  ['a subject called constructor', { sub: 'constructor' }, 'house rule'],
  ['a subject with a line break and a terminal escape', { sub: 'usr\r\nx: y\u001b[31m' }, 'house rule'],
  ['a subject outside of ASCII', { sub: 'usr_\u05d0\u{1f600}' }, 'RFC 7519 §4.1.2'],
];

const accepted: readonly AttackCase[] = good.map(([name, claims, source, differs]) =>
  claimsCase(`good/${slug(name)}`, `a good token: ${name}`, source, claims, {
    expect: ran,
    ...(differs === undefined ? {} : { oracleDiffers: differs }),
  }),
);

const goodTypes: readonly AttackCase[] = (
  ['at+jwt', 'AT+JWT', 'application/at+jwt', 'JWT', 'jwt', undefined] as const
).map((typ) =>
  signedCase(
    `good/typ-${slug(typ ?? 'absent')}${typ !== undefined && typ === typ.toUpperCase() ? '-capitals' : ''}`,
    `a good token with typ ${typ ?? 'absent'}`,
    'RFC 9068 §2.1; house rule',
    () => ({ header: { typ } }),
    {
      expect: ran,
      ...(typ === undefined || /^jwt$/i.test(typ)
        ? {
            oracleDiffers:
              'the oracle wants at+jwt (RFC 9068 §4); tokens of other providers and older ones carry JWT or nothing',
          }
        : {}),
    },
  ),
);

/** Tokens with a right signature and wrong claims, and good tokens. */
export const claimCases: readonly AttackCase[] = [
  ...issuers,
  ...audiences,
  ...expiry,
  ...notBefore,
  ...issuedAt,
  ...subjects,
  ...types,
  ...bound,
  ...accepted,
  ...goodTypes,
];
