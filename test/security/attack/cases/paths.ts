import type { Attack, AttackCase, Expectation, Kit } from '../types.ts';
import { anyRefusal, slug } from './shorthand.ts';

/** Spellings of the endpoint and of paths that careless routing takes for a public one. `P` stands for the endpoint's path. */
const spellings: ReadonlyArray<readonly [path: string, source: string]> = [
  ['P/.well-known/x', 'seen in a published sample'],
  ['P/.well-known/oauth-protected-resource', 'seen in a published sample'],
  ['P?.well-known', 'seen in a published sample'],
  ['P?x=/.well-known/oauth-protected-resource', 'seen in a published sample'],
  ['/.well-known/oauth-protected-resourceP', 'RFC 9728 §3.1'],
  ['/.well-known/..P', 'RFC 3986 §5.2.4'],
  ['/.well-known/oauth-protected-resource/../..P', 'RFC 3986 §5.2.4'],
  ['/.well-known/%2e%2eP', 'RFC 3986 §6.2.2'],
  ['/.well-known/..%2fmcp', 'RFC 3986 §6.2.2'],
  ['/healthz/..P', 'RFC 3986 §5.2.4'],
  ['/healthz/%2e%2e%2fmcp', 'RFC 3986 §6.2.2'],
  ['/healthz;P', 'RFC 3986 §3.3'],
  ['//mcp', 'house rule'],
  ['///mcp', 'house rule'],
  ['/MCP', 'house rule'],
  ['/Mcp', 'house rule'],
  ['/%6dcp', 'house rule'],
  ['/%6D%63%70', 'house rule'],
  ['/%256dcp', 'OWASP double encoding'],
  ['P/', 'house rule'],
  ['P//', 'house rule'],
  ['P;a=b', 'house rule'],
  ['P;/../healthz', 'RFC 3986 §3.3'],
  ['P%2f', 'house rule'],
  ['P%3f', 'RFC 3986 §2.1'],
  ['P%23', 'RFC 3986 §2.1'],
  ['P%00', 'OWASP null byte'],
  ['P%00.json', 'OWASP null byte'],
  ['P%20', 'RFC 3986 §2.1'],
  ['P%0d%0aX-Injected:%20yes', 'house rule'],
  ['P.json', 'OWASP ASVS 4.1'],
  ['P/..', 'RFC 3986 §5.2.4'],
  ['P/.', 'RFC 3986 §5.2.4'],
  ['P/..P', 'RFC 3986 §5.2.4'],
  ['P/%2e%2eP', 'house rule'],
  ['P/%2e', 'house rule'],
  ['/.P', 'RFC 3986 §5.2.4'],
  ['/x/..P', 'RFC 3986 §5.2.4'],
  ['/%2eP', 'RFC 3986 §6.2.2'],
  ['/%2fmcp', 'house rule'],
  ['\\mcp', 'WHATWG URL (a backslash is a slash)'],
  ['/\\mcp', 'WHATWG URL (a backslash is a slash)'],
  ['P\\', 'WHATWG URL (a backslash is a slash)'],
  ['PP', 'OWASP ASVS 4.1'],
  ['/%EF%BD%8D%EF%BD%83%EF%BD%90', 'Unicode full-width letters'],
  ['/m%63p?', 'RFC 3986 §6.2.2'],
  ['?P', 'RFC 9112 §3.2'],
  ['mcp', 'RFC 9112 §3.2'],
  ['*', 'RFC 9112 §3.2.4'],
  ['P ', 'RFC 9112 §3'],
  ['P\t', 'RFC 9112 §3'],
  ['/%', 'RFC 3986 §2.1'],
  ['/%zz', 'RFC 3986 §2.1'],
  ['/%c0%ae%c0%aeP', 'RFC 3629 §10 (overlong UTF-8)'],
  [`/${'a'.repeat(8000)}`, 'house rule'],
  ['/'.repeat(4000), 'house rule'],
];

const refusedPath: Expectation = { ...anyRefusal, status: [400, 401, 403, 404, 405, 414, 431, 0] };

const withoutToken: readonly AttackCase[] = spellings.map(([path, source], index) => ({
  id: `path/${String(index + 1).padStart(2, '0')}-${slug(path).slice(0, 40) || 'odd'}`,
  title: `no token: ${path.slice(0, 60)} (P is the endpoint's path)`,
  source,
  needs: 'nothing',
  attack: ({ target }) => ({ path: path.replaceAll('P', target.path) }),
  expect: refusedPath,
}));

/** Forms of the request target that name a host themselves (RFC 9112 §3.2). */
const targets: ReadonlyArray<readonly [name: string, attack: (kit: Kit) => Attack, expect: Expectation]> = [
  ['absolute form', ({ target }) => ({ path: target.endpoint }), { status: [400, 401, 404] }],
  [
    'absolute form of a foreign host',
    ({ target }) => ({ path: `http://attacker.example${target.path}` }),
    { status: [400, 401, 403, 404] },
  ],
  [
    'absolute form with a user name',
    ({ target }) => ({ path: target.endpoint.replace('://', '://x@') }),
    { status: [400, 401, 403, 404] },
  ],
  ['absolute form of a file', () => ({ path: 'file:///etc/passwd' }), { status: [400, 401, 403, 404] }],
  ['authority form', ({ target }) => ({ path: target.host }), { status: [400, 401, 403, 404, 0] }],
  [
    'a network path',
    ({ target }) => ({ path: `//attacker.example${target.path}` }),
    { status: [400, 401, 403, 404] },
  ],
];

const targetForms: readonly AttackCase[] = targets.map(([name, attack, expect]) => ({
  id: `target/${slug(name)}`,
  title: `no token: ${name}`,
  source: 'RFC 9112 §3.2',
  needs: 'nothing',
  attack,
  expect,
}));

const withToken: readonly AttackCase[] = [
  {
    id: 'target/query-with-token',
    title: 'a good token: the endpoint with a query is the endpoint',
    source: 'RFC 3986 §3.4',
    needs: 'token',
    attack: async (kit) => ({ path: `${kit.target.path}?x=1`, token: await kit.token() }),
    expect: { status: [200, 404], call: 'either' as const },
  },
];

/** Files and pages that scanners ask for. */
const probes = [
  '/',
  '/.env',
  '/.git/config',
  '/package.json',
  '/dist/src/main.js',
  '/src/main.ts',
  '/node_modules/jose/package.json',
  '/.scalekit/signing-key.json',
  '/../../../../etc/passwd',
  '/..%2f..%2f..%2fetc%2fpasswd',
  '/server-status',
  '/debug/pprof',
  '/actuator/env',
  '/metrics',
  '/swagger.json',
  '/favicon.ico',
  '/sse',
  '/messages',
  '/register',
  '/authorize',
  '/token',
  '/.well-known/oauth-authorization-server/etc/passwd',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-protected-resource/other',
  '/.well-known/security.txt',
  '/__proto__',
  '/constructor',
];

const scans: readonly AttackCase[] = probes.map((path, index) => ({
  id: `scan/${String(index + 1).padStart(2, '0')}-${slug(path).slice(0, 40) || 'root'}`,
  title: `a scanner asks for ${path}`,
  source: 'OWASP ASVS 14.3; OWASP MCP Top 10',
  needs: 'nothing',
  attack: () => ({ method: 'GET', path }),
  expect: {
    status: [404, 400, 401, 403, 405],
    also: (_, answer) =>
      /"(?:d|n|keys|SCALEKIT_\w+)"|root:|SCALEKIT_/.test(answer.body)
        ? 'the answer holds a file of the server'
        : undefined,
  },
}));

/** Requests by path. */
export const pathCases: readonly AttackCase[] = [...withoutToken, ...targetForms, ...withToken, ...scans];

/** Methods: those without meaning here are refused with `Allow` once the caller is known (RFC 9110 §15.5.6). */
const methods: ReadonlyArray<readonly [method: string, expect: Expectation]> = [
  ['GET', { status: 405, headers: { allow: /\bPOST\b/ } }],
  ['DELETE', { status: 405, headers: { allow: /\bPOST\b/ } }],
  ['HEAD', { status: 405, headers: { allow: /\bPOST\b/ } }],
  ['PUT', { status: 405, headers: { allow: /\bPOST\b/ } }],
  ['PATCH', { status: 405, headers: { allow: /\bPOST\b/ } }],
  ['TRACE', { status: 405, headers: { allow: /\bPOST\b/ } }],
  ['PROPFIND', { status: 405 }],
  ['MKCOL', { status: 405 }],
  ['SEARCH', { status: 405 }],
  ['QUERY', { status: [405, 400] }],
  ['OPTIONS', { status: [204, 200, 405] }],
  ['post', { status: [400, 405, 0] }],
  ['POST ', { status: [400, 404, 405, 415, 0] }],
  ['FOO', { status: [400, 405, 0] }],
  ['CONNECT', { status: [400, 404, 405, 0] }],
];

const knownCaller: readonly AttackCase[] = methods.map(([method, expect], index) => ({
  id: `method/${slug(method)}${index === 11 ? '-small' : ''}${index === 12 ? '-space' : ''}-token`,
  title: `a good token: ${method}`,
  source: 'house rule; RFC 9110 §15.5.6',
  needs: 'token',
  attack: async (kit) => ({ method, token: await kit.token() }),
  expect,
}));

const unknownCaller: readonly AttackCase[] = methods
  .filter(([method]) => method !== 'OPTIONS')
  .map(([method], index) => ({
    id: `method/${slug(method)}${index === 10 ? '-small' : ''}${index === 11 ? '-space' : ''}`,
    title: `no token: ${method}`,
    source: 'house rule',
    needs: 'nothing',
    attack: () => ({ method, headers: { 'X-Secret': 'do-not-echo' } }),
    expect: {
      status: [401, 405, 400, 404, 0],
      also: (_, answer) =>
        answer.body.includes('do-not-echo')
          ? 'the answer echoes the request (cross-site tracing)'
          : undefined,
    },
  }));

const versions: readonly AttackCase[] = [
  {
    id: 'method/http-0.9',
    title: 'HTTP/0.9',
    source: 'RFC 9112 §2.3',
    needs: 'nothing',
    attack: ({ target }) => ({ raw: `GET ${target.path}\r\n\r\n` }),
    expect: { status: [400, 403, 0] },
  },
  {
    id: 'method/http-1.0',
    title: 'HTTP/1.0 without Host and without token',
    source: 'RFC 9112 §3.2',
    needs: 'nothing',
    attack: () => ({ version: 'HTTP/1.0', headers: { Host: undefined } }),
    expect: { status: [400, 401, 403] },
  },
  {
    id: 'method/http-2-preface',
    title: "HTTP/2's preface in plain text",
    source: 'RFC 9113 §3.4',
    needs: 'nothing',
    attack: () => ({ raw: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' }),
    expect: { status: [400, 0], answersAtMost: 2 },
  },
  {
    id: 'method/http-3.7',
    title: 'HTTP/3.7',
    source: 'RFC 9112 §2.3',
    needs: 'nothing',
    attack: () => ({ version: 'HTTP/3.7' }),
    expect: { status: [400, 401, 505, 0] },
  },
  {
    id: 'method/upgrade-h2c',
    title: 'an upgrade to h2c with a good token is not followed',
    source: 'RFC 9113 §3.1 (h2c smuggling)',
    needs: 'token',
    attack: async (kit) => ({
      token: await kit.token(),
      headers: {
        Connection: 'Upgrade, HTTP2-Settings',
        Upgrade: 'h2c',
        'HTTP2-Settings': 'AAMAAABkAARAAAAAAAIAAAAA',
      },
    }),
    expect: { status: [200, 400], call: 'either' as const },
  },
  {
    id: 'method/upgrade-h2c-no-token',
    title: 'an upgrade to h2c without a token',
    source: 'RFC 9113 §3.1 (h2c smuggling)',
    needs: 'nothing',
    attack: () => ({
      headers: {
        Connection: 'Upgrade, HTTP2-Settings',
        Upgrade: 'h2c',
        'HTTP2-Settings': 'AAMAAABkAARAAAAAAAIAAAAA',
      },
    }),
    expect: { status: [400, 401] },
  },
];

/** Requests by method and version of HTTP. */
export const methodCases: readonly AttackCase[] = [...knownCaller, ...unknownCaller, ...versions];
