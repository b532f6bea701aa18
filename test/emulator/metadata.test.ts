import { request as httpRequest } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { endpoints, keysPath } from '../../src/scalekit/index.ts';
import { withEmulator } from './walk.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.reset());
afterAll(() => emulator.close());

const at = (path: string) => `${emulator.url}${path}`;
const inserted = '/.well-known/oauth-authorization-server/resources/res_1000000000000001';
const appended = '/resources/res_1000000000000001/.well-known/oauth-authorization-server';

async function json(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  return (await response.json()) as Record<string, unknown>;
}

describe('the authorization server metadata', () => {
  test.each([inserted, appended])('is at %s', async (path) => {
    const issuer = at('/resources/res_1000000000000001');
    expect(await json(at(path))).toEqual({
      issuer,
      authorization_endpoint: `${issuer}/oauth/authorize`,
      token_endpoint: `${issuer}/oauth/token`,
      jwks_uri: at(keysPath),
      registration_endpoint: at('/api/v1/resources/res_1000000000000001/clients:register'),
      scopes_supported: ['todo:read', 'todo:write'],
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      token_endpoint_auth_methods_supported: ['none', 'client_secret_post', 'client_secret_basic'],
      code_challenge_methods_supported: ['S256'],
      client_id_metadata_document_supported: true,
      authorization_response_iss_parameter_supported: true,
    });
  });

  test('never lists offline_access, which is not a scope of the server', async () => {
    expect((await json(at(inserted))).scopes_supported).not.toContain('offline_access');
  });

  test('has no registration endpoint when the switch is off, and the endpoint answers 404', async () => {
    await withEmulator({ dynamicClientRegistration: false }, async (closed) => {
      const { registration, metadata } = endpoints(closed.url, closed.resourceId);
      expect(await json(metadata)).not.toHaveProperty('registration_endpoint');
      const response = await fetch(registration, { method: 'POST', body: '{}' });
      expect(response.status).toBe(404);
    });
  });

  test('follows changes of the configuration while it runs', async () => {
    emulator.configure({ scopes: ['notes:read'], clientIdMetadataDocuments: false });
    expect(await json(at(inserted))).toMatchObject({
      scopes_supported: ['notes:read'],
      client_id_metadata_document_supported: false,
    });
    expect(emulator.scopes).toEqual(['notes:read']);
    emulator.configure({ scopes: ['todo:read', 'todo:write'], clientIdMetadataDocuments: true });
  });

  test.each([
    ['down', inserted, 500],
    ['down', appended, 500],
    ['inserted-only', inserted, 200],
    ['inserted-only', appended, 404],
    ['appended-only', inserted, 404],
    ['appended-only', appended, 200],
  ] as const)('fault %s: %s is answered %i', async (metadata, path, status) => {
    emulator.fault({ metadata });
    expect((await fetch(at(path))).status).toBe(status);
    emulator.fault({});
    expect((await fetch(at(path))).status).toBe(200);
  });

  test('faults of its content', async () => {
    emulator.fault({ metadata: 'wrong-issuer' });
    expect(await json(at(inserted))).toMatchObject({ issuer: emulator.url });
    emulator.fault({ metadata: 'no-pkce' });
    expect(await json(at(inserted))).not.toHaveProperty('code_challenge_methods_supported');
    emulator.fault({ metadata: 'no-registration' });
    const document = await json(at(inserted));
    expect(document).not.toHaveProperty('registration_endpoint');
    expect(document.client_id_metadata_document_supported).toBe(false);
  });
});

describe('what Scalekit does not have', () => {
  test.each([
    '/resources/res_1000000000000001/keys',
    '/resources/res_1000000000000001/.well-known/openid-configuration',
    '/.well-known/openid-configuration/resources/res_1000000000000001',
    '/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-authorization-server/resources/res_2',
    '/resources/res_2/oauth/authorize',
    '/keys/',
    '/KEYS',
    '//keys',
    '/api/v1/resources/res_1000000000000001/clients:register/m2m_1',
    '/consent/../keys%00',
  ])('%s is 404', async (path) => {
    const response = await fetch(at(path));
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: 'not_found' });
  });

  test('another method answers 405 with the allowed ones', async () => {
    const response = await fetch(at(keysPath), { method: 'DELETE' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
  });
});

/** A request with any Host header, over either address. */
function statusFor(host: string | undefined, address = '127.0.0.1', path = keysPath): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: address,
        port: emulator.port,
        path,
        setHost: false,
        headers: host === undefined ? {} : { host },
      },
      (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
      },
    );
    request.once('error', reject);
    request.end();
  });
}

describe('loopback', () => {
  test.each(['localhost', '127.0.0.1:1', '[::1]:3002', 'app.localhost', 'LOCALHOST'])(
    'the host %s is this machine',
    async (host) => expect(await statusFor(host)).toBe(200),
  );

  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    '169.254.169.254',
    'evil.example:80@localhost',
    'localhost/../evil',
    '',
  ])('the host "%s" is refused (DNS rebinding)', async (host) => {
    expect(await statusFor(host)).not.toBe(200);
  });

  test('both addresses of localhost answer, where the machine has both', async () => {
    expect(await statusFor('localhost', '127.0.0.1')).toBe(200);
    const second = await statusFor('localhost', '::1').catch((error) => error.code);
    expect([200, 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ENETUNREACH']).toContain(second);
  });

  test('it listens on no other address', async () => {
    const { networkInterfaces } = await import('node:os');
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((each) => each && !each.internal && each.family === 'IPv4')
      .map((each) => each?.address ?? '');
    for (const address of others)
      await expect(statusFor('localhost', address)).rejects.toThrow('ECONNREFUSED');
  });

  test('a request target that is not a path is refused', async () => {
    expect(await statusFor('localhost', '127.0.0.1', 'http://evil.example/keys')).toBe(404);
  });
});

describe('scripts of other origins', () => {
  const all = endpoints('http://localhost', 'res_1000000000000001');
  const path = (name: keyof typeof all) => new URL(all[name]).pathname;

  test.each([
    [path('keys'), 'GET'],
    [path('metadata'), 'GET'],
    [path('metadataAppended'), 'GET'],
    [path('registration'), 'POST'],
    [path('token'), 'POST'],
    [path('environmentToken'), 'POST'],
  ])('may use %s', async (where, method) => {
    const headers = {
      origin: 'http://localhost:6274',
      'access-control-request-method': method,
      'access-control-request-headers': 'content-type, mcp-protocol-version',
    };
    const preflight = await fetch(at(where), { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-methods')).toContain(method);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('mcp-protocol-version');
    const answer = await fetch(at(where), { method, headers: { origin: 'http://localhost:6274' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  test.each([path('authorization'), '/', '/consent/abc'])('may not read the page %s', async (where) => {
    const answer = await fetch(at(where), { headers: { origin: 'https://evil.example' } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('in process', () => {
  test('the variables point a server at it', () => {
    expect(emulator.variables).toEqual({
      PORT: '3002',
      SCALEKIT_ENVIRONMENT_URL: emulator.url,
      SCALEKIT_CLIENT_ID: 'skc_1000000000000002',
      SCALEKIT_RESOURCE_ID: 'res_1000000000000001',
      MCP_URL: 'http://localhost:3002/',
    });
  });

  test('requests are counted by path until a reset', async () => {
    await fetch(at(keysPath));
    await fetch(at(`${keysPath}?x`));
    expect(emulator.requestCount(keysPath)).toBe(2);
    await emulator.reset();
    expect(emulator.requestCount(keysPath)).toBe(0);
  });

  test('requests are reported once, without one-time ids', async () => {
    const seen: unknown[] = [];
    await withEmulator({ onRequest: (request) => seen.push(request) }, async ({ url }) => {
      await fetch(`${url}${keysPath}?secret=x`);
      await fetch(`${url}/consent/abcdef`);
      await fetch(`${url}/\u009b31m/../ü`);
    });
    expect(seen).toEqual([
      { method: 'GET', path: keysPath, status: 200 },
      { method: 'GET', path: '/consent/:uid', status: 400 },
      { method: 'GET', path: '/%C3%BC', status: 404 },
    ]);
  });

  test('a taken port is named', async () => {
    await expect(startEmulator({ port: emulator.port })).rejects.toThrow(
      `Port ${emulator.port} is taken by another program`,
    );
  });

  test.each([
    [{ resourceId: 'skc_1000000000000002' }, /resourceId.*the environment's client id/],
    [{ mcpUrl: 'http://mcp.example.com/' }, /mcpUrl.*not this machine/],
    [{ scopes: ['todo-read'] }, /scopes.*"-"/],
    [{ scopes: [] }, /No scope was given/],
    [{ tokenLifetime: 0 }, /tokenLifetime: 0/],
  ])('options are checked by the rules of the dashboard: %j', async (options, message) => {
    await expect(startEmulator(options)).rejects.toThrow(message);
  });

  test('MCP_URL follows its rule: the audience has the trailing slash', async () => {
    await withEmulator({ mcpUrl: 'http://localhost:5000/mcp' }, async ({ mcpUrl, variables }) => {
      expect(mcpUrl).toBe('http://localhost:5000/');
      expect(variables.PORT).toBe('5000');
    });
  });

  test('a client that disconnects during its request causes no error', async () => {
    const errors: unknown[] = [];
    await withEmulator({ onError: (error) => errors.push(error) }, async ({ port, url, requestCount }) => {
      const path = '/resources/res_1000000000000001/oauth/token';
      const request = httpRequest({ port, path, method: 'POST', headers: { 'content-length': '100' } });
      request.once('error', () => {});
      request.write('grant_type=');
      await expect.poll(() => requestCount(path)).toBe(1);
      request.destroy();
      expect((await fetch(`${url}${keysPath}`)).status).toBe(200);
    });
    expect(errors).toEqual([]);
  });

  test('closing ends hanging requests', async () => {
    const hanging = await startEmulator();
    hanging.fault({ keys: 'hang' });
    const answer = fetch(`${hanging.url}${keysPath}`).catch((error) => error.cause?.code ?? error.message);
    await expect.poll(() => hanging.requestCount(keysPath)).toBe(1);
    await hanging.close();
    expect(await answer).toMatch(/UND_ERR_SOCKET|ECONNRESET/);
  });
});
