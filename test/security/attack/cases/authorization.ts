import type { Attack, AttackCase, Expectation, Kit } from '../types.ts';
import { noToken, ran, slug } from './shorthand.ts';

interface Row {
  readonly name: string;
  readonly source: string;
  readonly attack: (token: string, kit: Kit) => Attack;
  readonly expect: Expectation;
}

const refused: Expectation = { status: [400, 401] };

const row = (
  name: string,
  source: string,
  expect: Expectation,
  attack: (token: string, kit: Kit) => Attack,
): Row => ({ name, source, expect, attack });

const header = (value: string): Attack => ({ headers: { Authorization: value } });

/** The Authorization header with a good token in it, spelt in every wrong way (RFC 6750 §2.1: `Bearer` 1*SP b64token). */
const spelt: readonly Row[] = [
  row('bearer in small letters', 'RFC 9110 §11.1; Auth0 get-token.test', ran, (t) => header(`bearer ${t}`)),
  row('BEARER in capitals', 'RFC 9110 §11.1', ran, (t) => header(`BEARER ${t}`)),
  row('BeArEr', 'RFC 9110 §11.1', ran, (t) => header(`BeArEr ${t}`)),
  row('spaces around the whole value', 'RFC 9110 §5.5', ran, (t) => header(`  Bearer ${t}  `)),
  row('a word after the token', 'house rule; Envoy extractor_test', refused, (t) =>
    header(`Bearer ${t} extra`),
  ),
  row('a word before the token', 'RFC 6750 §2.1', refused, (t) => header(`Bearer extra ${t}`)),
  row('two tokens in one value', 'RFC 6750 §2', refused, (t) => header(`Bearer ${t}, Bearer ${t}`)),
  row('the scheme twice', 'RFC 6750 §2.1', refused, (t) => header(`Bearer Bearer ${t}`)),
  row('no scheme', 'RFC 6750 §2.1', refused, (t) => header(t)),
  row('no space', 'RFC 6750 §2.1', refused, (t) => header(`Bearer${t}`)),
  row('a tab for the space', 'RFC 6750 §2.1', refused, (t) => header(`Bearer\t${t}`)),
  row('a colon', 'RFC 6750 §2.1', refused, (t) => header(`Bearer: ${t}`)),
  row('an equals sign', 'RFC 6750 §2.1', refused, (t) => header(`Bearer=${t}`)),
  row('a parameter', 'RFC 6750 §2.1', refused, (t) => header(`Bearer token="${t}"`)),
  row('another scheme: Basic', 'Auth0 get-token.test', refused, (t) => header(`Basic ${t}`)),
  row('another scheme: Basic with the token as password', 'RFC 7617', refused, (t) =>
    header(`Basic ${Buffer.from(`x:${t}`).toString('base64')}`),
  ),
  row('another scheme: DPoP', 'RFC 9449 §7.1', refused, (t) => header(`DPoP ${t}`)),
  row('another scheme: Token', 'RFC 6750 §2.1', refused, (t) => header(`Token ${t}`)),
  row('another scheme: BearerX', 'RFC 6750 §2.1', refused, (t) => header(`BearerX ${t}`)),
  row('a list of schemes', 'RFC 9110 §11.6.2', refused, (t) => header(`Basic eDp5, Bearer ${t}`)),
];

/** More than one place, or a wrong one (RFC 6750 §2: not more than one method; MCP: never from the query). */
const placed: readonly Row[] = [
  row('two headers, both good', 'RFC 9110 §5.3; house rule', refused, (t) => ({
    token: t,
    lines: [`Authorization: Bearer ${t}`],
  })),
  row('two headers, the second bad', 'house rule', refused, (t) => ({
    token: t,
    lines: ['Authorization: Bearer bad'],
  })),
  row('two headers, the first bad', 'house rule', refused, (t) => ({
    token: 'bad',
    lines: [`Authorization: Bearer ${t}`],
  })),
  row('two headers, the second Basic', 'house rule', refused, (t) => ({
    token: t,
    lines: ['AUTHORIZATION: Basic eDp5'],
  })),
  row('two headers, the first empty', 'house rule', refused, (t) => ({
    headers: { Authorization: '' },
    lines: [`authorization: Bearer ${t}`],
  })),
  row('in the query', 'MCP authorization; RFC 6750 §2.3', refused, (t, { target }) => ({
    path: `${target.path}?access_token=${t}`,
  })),
  row('in the query as token', 'MCP authorization', refused, (t, { target }) => ({
    path: `${target.path}?token=${t}`,
  })),
  row('in the query as Authorization', 'MCP authorization', refused, (t, { target }) => ({
    path: `${target.path}?authorization=Bearer%20${t}`,
  })),
  row('in the fragment', 'RFC 6750 §2', { status: [400, 401, 404] }, (t, { target }) => ({
    path: `${target.path}#access_token=${t}`,
  })),
  row('in a form body', 'RFC 6750 §2.2', refused, (t) => ({
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `access_token=${t}`,
  })),
  row('in a JSON body', 'Auth0 get-token.test', refused, (t, kit) => ({
    body: JSON.stringify({ ...JSON.parse(kit.call()), access_token: t }),
  })),
  row('in params._meta', 'MCP authorization', refused, (t, kit) => ({
    body: kit.call().replace('"params":{', `"params":{"_meta":{"authorization":"Bearer ${t}"},`),
  })),
  row('in a cookie', 'Envoy extractor_test', refused, (t) => ({
    headers: { Cookie: `access_token=${t}; Authorization=Bearer ${t}` },
  })),
  row('in Proxy-Authorization', 'RFC 9110 §11.7.2', refused, (t) => ({
    headers: { 'Proxy-Authorization': `Bearer ${t}` },
  })),
  row('in X-Authorization', 'Envoy extractor_test', refused, (t) => ({
    headers: { 'X-Authorization': `Bearer ${t}`, 'X-Access-Token': t, 'X-Auth-Token': t },
  })),
  row('in X-Forwarded-Authorization', 'Envoy extractor_test', refused, (t) => ({
    headers: {
      'X-Forwarded-Authorization': `Bearer ${t}`,
      'X-Original-Authorization': `Bearer ${t}`,
      'X-Forwarded-Access-Token': t,
    },
  })),
  row('in Sec-WebSocket-Protocol', 'RFC 6455', { status: [400, 401, 426] }, (t) => ({
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol': `bearer, ${t}`,
    },
  })),
  row('in Mcp-Session-Id', 'MCP: a handle is never authentication', refused, (t) => ({
    headers: { 'Mcp-Session-Id': t },
  })),
  row('folded onto a second line', 'RFC 9112 §5.2', { status: [400, 401, 0] }, (t) => ({
    lines: ['Authorization: Bearer', ` ${t}`],
  })),
  row('behind a space before the colon', 'RFC 9112 §5.1', { status: [400, 401, 0] }, (t) => ({
    lines: [`Authorization : Bearer ${t}`],
  })),
  row('in a trailer after the body', 'RFC 9110 §6.5.1', { status: [400, 401, 0] }, (t, kit) => {
    const body = kit.call();
    return {
      headers: { 'Content-Length': undefined, 'Transfer-Encoding': 'chunked', Trailer: 'Authorization' },
      body: `${body.length.toString(16)}\r\n${body}\r\n0\r\nAuthorization: Bearer ${t}\r\n\r\n`,
    };
  }),
  row(
    'in the query beside a bad header',
    'RFC 6750 §2; Auth0 get-token.test "more than one method"',
    refused,
    (t, { target }) => ({ token: 'bad', path: `${target.path}?access_token=${t}` }),
  ),
];

const withGoodToken: readonly AttackCase[] = [...spelt, ...placed].map(
  ({ name, source, expect, attack }) => ({
    id: `header/${slug(name)}`,
    title: `a good token, ${name}`,
    source,
    needs: 'token',
    attack: async (kit) => attack(await kit.token(), kit),
    expect,
  }),
);

/** Nothing that could be a token. */
const without: ReadonlyArray<readonly [name: string, attack: Attack, source: string, expect?: Expectation]> =
  [
    ['no header', {}, 'RFC 6750 §3; Envoy extractor_test TestNoToken', noToken],
    ['an empty header', header(''), 'RFC 6750 §3'],
    ['Bearer and nothing', header('Bearer'), 'Auth0 get-token.test'],
    ['Bearer and a space', header('Bearer '), 'Auth0 get-token.test'],
    ['Bearer and a dot', header('Bearer .'), 'RFC 6750 §2.1'],
    ['Bearer and a comma', header('Bearer ,'), 'RFC 6750 §2.1'],
    [
      'a scheme of 100,000 letters',
      header('B'.repeat(100_000)),
      'house rule',
      { status: [400, 401, 431, 0] },
    ],
    [
      'the identity of a proxy',
      {
        headers: {
          'X-Forwarded-User': 'usr_1',
          'X-Remote-User': 'usr_1',
          'X-Auth-Request-User': 'usr_1',
          'X-Jwt-Claim-Sub': 'usr_1',
          Remote_User: 'usr_1',
        },
      },
      'Envoy claim_to_headers',
      noToken,
    ],
    [
      'the address of this machine',
      {
        headers: {
          'X-Forwarded-For': '127.0.0.1',
          'X-Real-IP': '127.0.0.1',
          Forwarded: 'for=127.0.0.1',
          'X-Client-IP': '127.0.0.1',
        },
      },
      'OWASP ASVS 4.1.3',
      noToken,
    ],
    [
      'another method by header',
      { headers: { 'X-HTTP-Method-Override': 'OPTIONS', 'X-HTTP-Method': 'OPTIONS' } },
      'OWASP ASVS 4.1.4',
      noToken,
    ],
    [
      'another path by header',
      { headers: { 'X-Original-URL': '/healthz', 'X-Rewrite-URL': '/.well-known/oauth-protected-resource' } },
      'CVE-2018-14773',
      noToken,
    ],
    [
      'the mark of an internal subrequest',
      { headers: { 'X-Middleware-Subrequest': 'middleware:middleware:middleware:middleware:middleware' } },
      'CVE-2025-29927',
      noToken,
    ],
    [
      'a session id',
      { headers: { 'Mcp-Session-Id': '0b7e8c1a-6a3c-4a43-9b6b-1a4a7d0b3a11', 'Last-Event-ID': '1' } },
      'MCP: a handle is never authentication',
      noToken,
    ],
  ];

const withoutToken: readonly AttackCase[] = without.map(([name, attack, source, expect]) => ({
  id: `no-token/${slug(name)}`,
  title: `no token: ${name}`,
  source,
  needs: 'nothing',
  attack: () => attack,
  expect: expect ?? { status: [400, 401] },
}));

/** Where a token may stand, and how it must be written. */
export const authorizationCases: readonly AttackCase[] = [...withoutToken, ...withGoodToken];
