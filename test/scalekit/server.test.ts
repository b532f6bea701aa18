import { describe, expect, test } from 'vitest';
import {
  acceptedIssuers,
  audienceMatches,
  checkClientId,
  checkPort,
  checkResourceId,
  emulatorPort,
  endpoints,
  isPlaceholder,
  localIdentifiers,
  scopesOf,
  serverUrls,
} from '../../src/scalekit/index.ts';

test('where an authorization server answers', () => {
  expect(endpoints('https://acme.scalekit.dev', 'res_1')).toEqual({
    issuer: 'https://acme.scalekit.dev/resources/res_1',
    keys: 'https://acme.scalekit.dev/keys',
    metadata: 'https://acme.scalekit.dev/.well-known/oauth-authorization-server/resources/res_1',
    metadataAppended: 'https://acme.scalekit.dev/resources/res_1/.well-known/oauth-authorization-server',
    authorization: 'https://acme.scalekit.dev/resources/res_1/oauth/authorize',
    token: 'https://acme.scalekit.dev/resources/res_1/oauth/token',
    environmentToken: 'https://acme.scalekit.dev/oauth/token',
    registration: 'https://acme.scalekit.dev/api/v1/resources/res_1/clients:register',
  });
});

test.each([
  ['http://localhost:3002/', '', ''],
  ['https://example.com/base/', 'base/', '/base'],
])('the endpoints of the server at %s', (mcpUrl, base, path) => {
  const { origin } = new URL(mcpUrl);
  expect(serverUrls(mcpUrl)).toEqual({
    endpoint: `${origin}/${base}mcp`,
    metadata: `${origin}/.well-known/oauth-protected-resource${path}/mcp`,
    metadataRoot: `${origin}/.well-known/oauth-protected-resource`,
    health: `${origin}/${base}healthz`,
    ready: `${origin}/${base}readyz`,
  });
});

test('both issuers of the migration are accepted, and no other', () => {
  expect(acceptedIssuers('https://acme.scalekit.dev', 'res_1')).toEqual([
    'https://acme.scalekit.dev',
    'https://acme.scalekit.dev/resources/res_1',
  ]);
});

describe('audience', () => {
  test.each([['res_1'], [['res_1']], [['http://localhost:3002/', 'res_1']]])('%j is for res_1', (aud) => {
    expect(audienceMatches(aud, 'res_1')).toBe(true);
  });

  test.each([
    [undefined],
    [null],
    [''],
    ['res_12'],
    ['xres_1'],
    ['res_1 '],
    [[]],
    [['res_12']],
    [[['res_1']]],
    [{ 0: 'res_1' }],
    [['http://localhost:3002/']],
    ['https://acme.scalekit.dev/resources/res_1'],
  ])('%j is not', (aud) => {
    expect(audienceMatches(aud, 'res_1')).toBe(false);
  });
});

test.each([
  [{ scope: 'a b' }, ['a', 'b']],
  [{ scopes: ['a', 'b'] }, ['a', 'b']],
  [{ scp: ['a'] }, ['a']],
  [{ scp: 'a b' }, ['a', 'b']],
  [{ scope: 'a  b ', scp: ['b', 'c'], scopes: ['d', 'a'] }, ['a', 'b', 'c', 'd']],
  [{}, []],
  [{ scope: '' }, []],
  [{ scope: null, scp: 7, scopes: { a: true } }, []],
  [{ scopes: ['a', null, 7, ['b'], ''] }, ['a']],
])('scopes of %j: %j', (claims, scopes) => {
  expect(scopesOf(claims)).toEqual(scopes);
});

describe('placeholders', () => {
  test.each([
    'https://your-env.scalekit.com',
    'https://yourenv.scalekit.com',
    'https://your-environment-url.scalekit.com',
    'https://mcp.yourapp.com/',
    'https://mcp.yourdomain.com/',
    'your_client_id',
    'YOUR_CLIENT_ID',
    'res_your_resource_id',
    'skc_your-client-id',
    'mcp_server_id',
    'skc_...',
    'res_…',
    'res_xxxx',
    'XXXX',
    '<resource id>',
    '<YOUR_ID>',
    `\${SCALEKIT_CLIENT_ID}`,
    '{{ client_id }}',
    'changeme',
    'change-me',
    'replace_me',
    'TODO',
    ' todo ',
  ])('%s', (value) => {
    expect(isPlaceholder(value)).toBe(true);
  });

  test.each([
    '',
    'res_123',
    'skc_1000000000000002',
    'http://localhost:3002/',
    'https://acme.scalekit.dev',
    'https://todo.example.com/',
    'https://savour-food.example/',
    'res_1x',
    'todo:read',
    '3002',
  ])('%j is not a placeholder', (value) => {
    expect(isPlaceholder(value)).toBe(false);
  });
});

test('the local identifiers follow the rules of real ones', () => {
  expect(checkResourceId(localIdentifiers.resourceId).ok).toBe(true);
  expect(checkClientId(localIdentifiers.clientId).ok).toBe(true);
});

test('every port has a port for its local Scalekit', () => {
  expect(emulatorPort(3002)).toBe(4002);
  for (let port = 1; port <= 65_535; port += 1) {
    const beside = emulatorPort(port);
    if (beside === port || !checkPort(beside).ok) expect.unreachable(`${port} → ${beside}`);
  }
});
