import type { Faults, MintOptions } from '../../../src/emulator/index.ts';
import { believe, healthyParts, json, type Parts } from './small-server.ts';

/** A real server and a local Scalekit with one fault, and exactly what the doctor must find: no more, no less. */
export interface LiveCase {
  readonly name: string;
  readonly codes: readonly string[];
  /** Parts of the server that are wrong. */
  readonly server?: Partial<Parts>;
  /** What is wrong at Scalekit. */
  readonly scalekit?: Faults;
  /** A token to give; without one the doctor gets its own. */
  readonly token?: MintOptions;
  readonly tamper?: (token: string) => string;
  /** Where the doctor is pointed, instead of the endpoint. */
  readonly url?: (endpoint: string) => string;
  /** Takes seconds, so it is left to the slow tests. */
  readonly slow?: boolean;
}

const page = '<!doctype html><title>Welcome</title><p>Welcome to our site</p>';
const { gate, cors, document, challenge, metadata, refuse, serve, verify } = healthyParts;

/** Each is named after the framework in which it was seen, or after what it is. */
export const serverFaults: readonly LiveCase[] = [
  { name: 'a server with no fault', codes: [] },
  {
    name: 'open: xmcp and mcp-use as they are generated',
    codes: ['SKM304'],
    server: { refuse: () => json(200, {}) },
  },
  {
    name: 'the first message is open, and everything after it is closed',
    codes: [],
    server: {
      refuse: (place, parts, token, error) =>
        token === undefined ? json(200, {}) : refuse(place, parts, token, error),
      serve: (place, call) =>
        call.token === undefined && call.message.method !== 'initialize'
          ? json(401, { error: 'unauthorized' }, { 'www-authenticate': challenge(place) ?? '' })
          : serve(place, call),
    },
  },
  {
    name: 'a list for everybody, of tools that are all declared public',
    codes: [],
    server: {
      refuse: (place, parts, token, error) =>
        token === undefined ? json(200, {}) : refuse(place, parts, token, error),
      serve: (place, call) =>
        call.message.method === 'tools/list'
          ? json(200, {
              jsonrpc: '2.0',
              id: 2,
              result: { tools: [{ name: 'ping', inputSchema: {}, securitySchemes: [{ type: 'noauth' }] }] },
            })
          : serve(place, call),
    },
  },
  {
    name: 'the refusal is an error in a 200',
    codes: ['SKM326'],
    server: {
      refuse: (place, parts, token, error) =>
        token === undefined ? json(200, {}) : refuse(place, parts, token, error),
      serve: (place, call) =>
        call.token === undefined
          ? json(200, {
              jsonrpc: '2.0',
              id: call.message.id,
              error: { code: -32001, message: 'Unauthorized' },
            })
          : serve(place, call),
    },
  },
  {
    name: 'JSON for everybody, and no MCP',
    codes: ['SKM303'],
    server: {
      gate: () => json(200, { hello: 'world' }),
      metadata: () => json(404, {}),
    },
  },
  {
    name: 'resource_metadata is a path (xmcp’s Scalekit plugin)',
    codes: ['SKM307'],
    server: {
      challenge: (place, error) => challenge(place, error)?.replace(place.origin, ''),
    },
  },
  {
    name: 'no resource_metadata (mcp-framework)',
    codes: ['SKM306'],
    server: { challenge: (_place, error) => `Bearer realm="mcp"${error ? `, error="${error}"` : ''}` },
  },
  {
    name: 'the URL has another path than the endpoint',
    codes: ['SKM319'],
    url: (endpoint) => new URL('/nope', endpoint).href,
  },
  {
    name: 'the URL has a slash behind the endpoint',
    codes: ['SKM319'],
    url: (endpoint) => `${endpoint}/`,
  },
  {
    name: 'the URL has a folder before the endpoint',
    codes: ['SKM319'],
    url: (endpoint) => new URL('/api/mcp', endpoint).href,
  },
  { name: 'a 401 without a challenge', codes: ['SKM305'], server: { challenge: () => undefined } },
  {
    name: 'metadata at the root alone, and the refusal says otherwise (agentailor)',
    codes: ['SKM308'],
    server: { metadata: (place, path) => (path === '' ? metadata(place, path) : json(404, {})) },
  },
  {
    name: 'metadata at the root alone, where the refusal says (mcp-framework)',
    codes: ['SKM309'],
    server: {
      metadata: (place, path) => (path === '' ? metadata(place, path) : json(404, {})),
      challenge: (place, error) =>
        challenge(place, error)?.replace('/oauth-protected-resource/mcp', '/oauth-protected-resource'),
    },
  },
  {
    name: 'metadata at the path alone (FastMCP, mcp-use)',
    codes: ['SKM310'],
    server: { metadata: (place, path) => (path === '' ? json(404, {}) : metadata(place, path)) },
  },
  {
    name: 'metadata behind the token check',
    codes: ['SKM311'],
    server: { metadata: () => json(401, {}) },
  },
  {
    name: 'the web site’s page in place of the metadata',
    codes: ['SKM312'],
    server: { metadata: () => ({ status: 200, body: page }) },
  },
  {
    name: 'the challenge points to nothing',
    codes: ['SKM308'],
    server: {
      challenge: (place, error) =>
        challenge(place, error)?.replace('/.well-known/oauth-protected-resource/mcp', '/nowhere'),
    },
  },
  {
    name: 'metadata that browsers may not read',
    codes: ['SKM340'],
    server: { metadata: () => json(200, undefined) },
  },
  {
    name: 'resource is the base URL, as the dashboard has it',
    codes: ['SKM313'],
    server: { document: (place) => ({ ...document(place), resource: `${place.origin}/` }) },
  },
  {
    name: 'resource is another server',
    codes: ['SKM313'],
    server: { document: (place) => ({ ...document(place), resource: 'https://other.example.com/mcp' }) },
  },
  {
    name: 'resource says 127.0.0.1',
    codes: ['SKM315'],
    server: {
      document: (place) => ({
        ...document(place),
        resource: place.endpoint.replace('localhost', '127.0.0.1'),
      }),
    },
  },
  {
    name: 'no authorization server',
    codes: ['SKM316'],
    server: { document: (place) => ({ ...document(place), authorization_servers: [] }) },
  },
  {
    name: 'two documents that disagree',
    codes: ['SKM318'],
    server: {
      metadata: (place, path) =>
        path === ''
          ? json(200, { ...document(place), scopes_supported: ['todo:read'] })
          : metadata(place, path),
    },
  },
  {
    name: 'the authorization server is named without the server’s own part',
    codes: ['SKM352'],
    server: { document: (place) => ({ ...document(place), authorization_servers: [place.emulator.url] }) },
  },
  {
    name: 'OpenID’s scopes beside its own are none of its faults',
    codes: [],
    server: {
      document: (place) => ({
        ...document(place),
        scopes_supported: [...place.emulator.scopes, 'openid', 'profile', 'email'],
      }),
    },
  },
  {
    name: 'offline_access among the scopes',
    codes: ['SKM339'],
    server: {
      document: (place) => ({
        ...document(place),
        scopes_supported: [...place.emulator.scopes, 'offline_access'],
      }),
    },
  },
  {
    name: 'a scope that Scalekit does not define',
    codes: ['SKM213'],
    server: {
      document: (place) => ({
        ...document(place),
        scopes_supported: [...place.emulator.scopes, 'todo:admin'],
      }),
    },
  },
  {
    name: 'a scope of Scalekit’s that the server does not know',
    codes: ['SKM214'],
    server: { document: (place) => ({ ...document(place), scopes_supported: ['todo:read'] }) },
  },
  {
    name: '500 for a bad token (agentailor)',
    codes: ['SKM321'],
    server: {
      refuse: (place, parts, token, error) =>
        token === undefined
          ? refuse(place, parts, token, error)
          : { status: 500, body: 'JWSInvalid: Invalid Compact JWS\n  at …' },
    },
  },
  {
    name: '403 for a bad token',
    codes: ['SKM323'],
    server: {
      refuse: (place, parts, token, error) =>
        token === undefined ? refuse(place, parts, token, error) : json(403, { error: 'forbidden' }),
    },
  },
  { name: 'tokens are read and believed', codes: ['SKM322'], server: { verify: believe } },
  {
    name: 'no error in the challenge to a bad token',
    codes: ['SKM324'],
    server: { challenge: (place) => challenge(place) },
  },
  {
    name: 'the server does not get the keys',
    codes: ['SKM325'],
    server: {
      verify: async () => {
        throw new Error('fetch failed');
      },
    },
  },
  {
    name: 'the token check comes before the preflight (FastMCP)',
    codes: ['SKM331'],
    server: { preflight: () => json(401, {}) },
  },
  {
    name: 'the challenge is not exposed',
    codes: ['SKM332'],
    server: {
      cors: (place, request) => ({
        ...cors(place, request),
        'access-control-expose-headers': 'Mcp-Session-Id',
      }),
    },
  },
  {
    name: 'any origin is let in (mcp-use)',
    codes: ['SKM333'],
    server: {
      gate: (place, request) =>
        request.headers.host?.startsWith('localhost') ? undefined : gate(place, request),
    },
  },
  {
    name: 'any host is let in',
    codes: ['SKM334'],
    server: { gate: (place, request) => (request.headers.origin ? gate(place, request) : undefined) },
  },
  {
    name: 'one server object for all (Scalekit’s Express guide)',
    codes: ['SKM335'],
    server: {
      serve: (place, call) =>
        call.served === 0 || call.message.method === 'tools/list'
          ? serve(place, call)
          : json(500, { error: 'Already connected to a transport' }),
    },
  },
  {
    name: 'a slash is added',
    codes: ['SKM336'],
    server: {
      gate: (place, request) =>
        gate(place, request) ?? { status: 307, headers: { location: `${place.endpoint}/` } },
    },
  },
  {
    name: 'a bot check in front',
    codes: ['SKM337'],
    server: {
      gate: () => ({
        status: 403,
        body: '<html><title>Just a moment...</title></html>',
        headers: { server: 'cloudflare' },
      }),
      metadata: () => ({
        status: 403,
        body: '<html><title>Just a moment...</title></html>',
        headers: { server: 'cloudflare' },
      }),
    },
  },
  {
    name: 'an old copy of Scalekit’s metadata (FastMCP)',
    codes: ['SKM341'],
    server: {
      elsewhere: ({ emulator }, path) =>
        path === '/.well-known/oauth-authorization-server'
          ? json(200, {
              issuer: `${emulator.url}/resources/${emulator.resourceId}`,
              scopes_supported: ['todo:read'],
            })
          : json(404, {}),
    },
  },
  {
    name: 'a verifier that knows one issuer',
    codes: ['SKM501'],
    server: {
      verify: async (place, token) => {
        await verify(place, token);
        throw Object.assign(new Error('unexpected "iss" claim value'), {
          code: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
        });
      },
    },
  },
  {
    name: 'tools/list fails',
    codes: ['SKM502'],
    server: {
      serve: (place, call) =>
        call.message.method === 'tools/list' ? json(500, { error: 'schema' }) : serve(place, call),
    },
  },
  {
    name: 'no tools',
    codes: ['SKM503'],
    server: {
      serve: (place, call) =>
        call.message.method === 'tools/list'
          ? json(200, { jsonrpc: '2.0', id: 2, result: { tools: [] } })
          : serve(place, call),
    },
  },
  { name: 'the base URL was given', codes: ['SKM319'], url: (endpoint) => new URL('/', endpoint).href },
  {
    name: 'another program has the port',
    codes: ['SKM303'],
    server: {
      gate: () => ({ status: 404, body: page }),
      metadata: () => ({ status: 404, body: page }),
    },
  },
  { name: 'nothing listens', codes: ['SKM301'], url: () => 'http://localhost:1/mcp' },
];

export const scalekitFaults: readonly LiveCase[] = [
  { name: 'the key server is down', codes: ['SKM205'], scalekit: { keys: 'down' } },
  { name: 'the key server shows a page', codes: ['SKM205'], scalekit: { keys: 'html' } },
  { name: 'the key server has no keys', codes: ['SKM205', 'SKM402'], scalekit: { keys: 'empty' } },
  { name: 'the key server sends far too much', codes: ['SKM205'], scalekit: { keys: 'huge' }, slow: true },
  { name: 'the key server never answers', codes: ['SKM205'], scalekit: { keys: 'hang' }, slow: true },
  { name: 'the metadata is down', codes: ['SKM204'], scalekit: { metadata: 'down' } },
  { name: 'another issuer', codes: ['SKM206'], scalekit: { metadata: 'wrong-issuer' } },
  { name: 'no PKCE', codes: ['SKM207'], scalekit: { metadata: 'no-pkce' } },
  { name: 'no way to register', codes: ['SKM208'], scalekit: { metadata: 'no-registration' } },
  { name: 'the appended form alone', codes: ['SKM210'], scalekit: { metadata: 'appended-only' } },
  { name: 'the inserted form alone, which is enough', codes: [], scalekit: { metadata: 'inserted-only' } },
  { name: 'its clock is five minutes ahead', codes: ['SKM212', 'SKM407'], scalekit: { clockOffset: 300 } },
  {
    name: 'its clock is two hours behind',
    codes: ['SKM212', 'SKM406', 'SKM414'],
    scalekit: { clockOffset: -7200 },
  },
];

export const tokens: readonly LiveCase[] = [
  { name: 'a good token', codes: [], token: {} },
  { name: 'an expired one', codes: ['SKM406', 'SKM414'], token: { expiresIn: -3600 } },
  { name: 'a stranger’s', codes: ['SKM402'], token: { foreignKey: true } },
  {
    name: 'one that was changed',
    codes: ['SKM403'],
    token: {},
    tamper: (token) => token.replace(/.{8}$/, 'AAAAAAAA'),
  },
  { name: 'another environment’s', codes: ['SKM404'], token: { issuer: 'https://other.scalekit.dev' } },
  { name: 'another server’s', codes: ['SKM405'], token: { audience: ['res_2'] } },
  {
    name: 'an ID token',
    codes: ['SKM408'],
    token: {
      audience: ['m2m_1000000000000009'],
      header: { typ: 'JWT' },
      claims: { at_hash: 'x', nonce: 'y', scope: undefined, scopes: undefined },
    },
  },
  {
    name: 'one whose times are in milliseconds',
    codes: ['SKM415'],
    token: { claims: { exp: Date.now() + 3_600_000, iat: Date.now(), nbf: Date.now() } },
  },
  { name: 'one for reading', codes: ['SKM410'], token: { scopes: ['todo:read'] } },
  {
    name: 'one with a scope in other letters',
    codes: ['SKM413'],
    token: { scopes: ['todo:read', 'Todo:Write'] },
  },
  {
    name: 'another server’s, at a server that does not look',
    codes: ['SKM322', 'SKM405', 'SKM504'],
    token: { audience: ['res_2'] },
    server: { verify: believe },
  },
];
