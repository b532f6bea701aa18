import { readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { checkPublicUrl, isInContainer } from '../../src/emulator/container.ts';
import { emulate } from '../../src/emulator/emulate.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import { Storage } from '../../src/emulator/storage.ts';
import { endpoints } from '../../src/scalekit/index.ts';
import { UsageError } from '../../src/terminal/errors.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { authorizationRequest, Browser, discover, locationOf, openConsent, register } from './walk.ts';

/** The local Scalekit does not open the machine that it runs on to attacks. */

async function start(options: EmulatorOptions): Promise<Emulator> {
  const started = await startEmulator(options);
  onTestFinished(() => started.close());
  return started;
}

/** One for all tests that need no options of their own, since each makes a key. */
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterEach(async () => {
  await emulator.reset();
  emulator.configure({ autoApprove: false });
});
afterAll(() => emulator.close());

async function registers(redirect_uris: readonly string[]): Promise<Response> {
  return fetch(endpoints(emulator.url, emulator.resourceId).registration, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris, token_endpoint_auth_method: 'none' }),
  });
}

describe('redirect URIs', () => {
  test.each([
    ...[
      'http://evil.example/cb',
      'http://10.0.0.1/cb',
      'http://localhost.evil.example/cb',
      'http://0.0.0.0/cb',
    ],
    ...['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'blob:http://localhost/x'],
  ])('%s cannot be registered', async (uri) => {
    for (const uris of [[uri], ['http://localhost/cb', uri]]) {
      const response = await registers(uris);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: 'invalid_redirect_uri' });
    }
  });

  test.each([
    'https://app.example/cb',
    'http://localhost:1/cb',
    'http://127.0.0.1/cb',
    'http://[::1]/cb',
    'cursor://a/cb',
  ])('%s can be registered', async (uri) => {
    expect((await registers([uri])).status).toBe(201);
  });

  test('of a document follow the same rule', async () => {
    const client_id = 'https://client.example/mcp.json';
    const redirect_uri = 'http://evil.example/cb';
    const document = { client_id, client_name: 'X', redirect_uris: [redirect_uri] };
    const emulator = await start({ clientDocuments: { [client_id]: document } });
    const request = await authorizationRequest(emulator, await discover(emulator), client_id, {
      redirect_uri,
    });
    const response = await new Browser().open(request.url);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('http://evil.example/cb is http but not on this machine');
  });
});

describe('approval without a person', () => {
  test.each([
    ['http://localhost:6274/cb', true],
    ['http://127.0.0.1:1/cb', true],
    ['https://evil.example/cb', false],
    ['evil://cb', false],
  ])('an answer to %s: %s', async (redirect_uri, isSilent) => {
    emulator.configure({ autoApprove: true });
    const server = await discover(emulator);
    const client = await register(server, { redirect_uris: [redirect_uri] });
    const request = await authorizationRequest(emulator, server, client.client_id, { redirect_uri });
    const location = locationOf(await new Browser().open(request.url));
    expect(location.searchParams.has('code')).toBe(isSilent);
    if (!isSilent) expect(location.href).toContain(`${emulator.url}/consent/`);
  });
});

describe('endless registrations', () => {
  test('are slowed down with the time to wait, and existing clients stay', async () => {
    const statuses = new Map<number, number>();
    let first = '';
    for (let count = 0; count < 130; count += 1) {
      const response = await registers(['http://localhost/cb']);
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      if (count === 0) first = String(((await response.json()) as { client_id: string }).client_id);
      if (response.status === 429) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(statuses.get(201)).toBeGreaterThanOrEqual(100);
    expect(statuses.get(429)).toBeGreaterThan(0);
    const request = await authorizationRequest(emulator, await discover(emulator), first, {
      redirect_uri: 'http://localhost/cb',
    });
    expect((await new Browser().open(request.url)).status).toBe(303);
    await emulator.reset();
    expect((await registers(['http://localhost/cb'])).status).toBe(201);
  });

  test('over days delete the client that was unused for longest, also on disk', async () => {
    const directory = await temporaryDirectory();
    const clients = new Storage(directory).adapter('Client');
    const id = (count: number) => `m2m_${count}`;
    for (let count = 0; count < 1000; count += 1) await clients.upsert(id(count), {}, 3600);
    await clients.find(id(0));
    await clients.upsert(id(1000), {}, 3600);
    expect(await clients.find(id(1))).toBeUndefined();
    for (const kept of [0, 2, 1000]) expect(await clients.find(id(kept))).toBeDefined();
    expect(await readdir(join(directory, 'clients'))).toHaveLength(1000);
  });
});

describe('the consent form', () => {
  test.each([
    ['our own page', (url: string) => ({ origin: url }), 303],
    ['a program, which sends no origin', () => ({}), 303],
    ['another site', () => ({ origin: 'https://evil.example' }), 403],
    ['another port of this machine', () => ({ origin: 'http://localhost:1' }), 403],
    ['a sandboxed frame', () => ({ origin: 'null' }), 403],
    ['another site, by Fetch Metadata', () => ({ 'sec-fetch-site': 'same-site' }), 403],
  ])('is taken from %s or not', async (_, headersOf: (url: string) => Record<string, string>, status) => {
    const server = await discover(emulator);
    const client = await register(server);
    const browser = new Browser();
    const request = await authorizationRequest(emulator, server, client.client_id);
    const form = await openConsent(browser, request.url);
    const response = await browser.open(form.action, form.press('allow'), headersOf(emulator.url));
    expect(response.status).toBe(status);
  });
});

/** Asks with a Host header of one's own. */
function ask(port: number, host: string, address = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: address, port, path: '/keys', headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once('error', reject).end();
  });
}

const outside = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address;

describe('in a container', () => {
  const publicUrl = 'http://localhost:14002';

  test('it accepts names of container networks, and uses the URL that the browser reaches', async () => {
    const { port, url, variables } = await start({ container: true, publicUrl });
    expect(url).toBe(publicUrl);
    expect(variables.SCALEKIT_ENVIRONMENT_URL).toBe(publicUrl);
    for (const host of [
      'localhost:14002',
      'scalekit:4002',
      'host.docker.internal:4002',
      'scalekit.svc.cluster.local',
    ])
      expect(await ask(port, host)).toBe(200);
    for (const host of ['evil.example', 'evil.example:4002', '10.1.2.3', '0.0.0.0:4002'])
      expect(await ask(port, host)).toBe(403);
    if (outside !== undefined) expect(await ask(port, 'scalekit:4002', outside)).toBe(200);
  });

  test('outside a container these options are refused', async () => {
    const { port } = emulator;
    for (const host of ['scalekit:4002', 'host.docker.internal']) expect(await ask(port, host)).toBe(403);
    if (outside !== undefined) await expect(ask(port, 'localhost', outside)).rejects.toThrow(/ECONNREFUSED/);
  });

  test.each([
    [{ container: 'podman' }, true],
    [{ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, true],
  ])('%j: %s', (env, expected) => {
    expect(isInContainer(env)).toBe(expected);
  });

  test.each([
    'https://localhost:4002',
    'http://scalekit:4002',
    'http://localhost',
    'http://localhost:4002/x',
    'x',
  ])('%s is not a public URL', (url) => {
    expect(checkPublicUrl(url).ok).toBe(false);
  });

  test.each([
    [{ container: true }, {}, /needs --public-url/],
    [{ publicUrl }, {}, /works only with --container/],
    [
      { container: true, publicUrl: 'http://0.0.0.0:1' },
      { container: 'podman' },
      /--public-url: .*0\.0\.0\.0/,
    ],
  ])('%j is refused', async (options, env, message) => {
    const context = {
      env: { XDG_STATE_HOME: await temporaryDirectory(), ...env },
      cwd: await temporaryDirectory(),
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      stderr: new PassThrough(),
      signal: AbortSignal.abort(),
    };
    const refused = emulate({ port: 0, ...options }, context);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toThrow(UsageError);
  });
});
