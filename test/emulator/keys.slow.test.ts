import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, emulatorDirectory, startEmulator } from '../../src/emulator/index.ts';
import { keysPath } from '../../src/scalekit/index.ts';
import { withEmulator } from './walk.ts';

/** Verifies a token against what `/keys` answers now. */
async function verify(emulator: Emulator, token: string): Promise<unknown> {
  const keys = (await (await fetch(`${emulator.url}${keysPath}`)).json()) as JSONWebKeySet;
  return (await jwtVerify(token, createLocalJWKSet(keys))).payload;
}

describe('the key server', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator();
  });
  afterEach(() => emulator.fault({}));
  afterAll(() => emulator.close());

  test('publishes the public half of one RS256 key only', async () => {
    const { keys } = (await (await fetch(`${emulator.url}${keysPath}`)).json()) as JSONWebKeySet;
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    expect(keys[0]).toMatchObject({ alg: 'RS256', kty: 'RSA', use: 'sig' });
    expect(keys[0]?.kid).toMatch(/^snk_\d+$/);
  });

  test('a rotation removes the old key at once, and new tokens are signed by the new one', async () => {
    const before = await emulator.mint();
    await emulator.rotateKeys();
    await expect(verify(emulator, before)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    expect(await verify(emulator, await emulator.mint())).toMatchObject({ aud: expect.anything() });
  });

  test('a rotation that keeps the old key lets both kinds of tokens verify', async () => {
    const before = await emulator.mint();
    await emulator.rotateKeys({ keepOld: true });
    await verify(emulator, before);
    await verify(emulator, await emulator.mint());
    const { keys } = (await (await fetch(`${emulator.url}${keysPath}`)).json()) as JSONWebKeySet;
    expect(keys).toHaveLength(2);
  });

  test('down', async () => {
    emulator.fault({ keys: 'down' });
    expect((await fetch(`${emulator.url}${keysPath}`)).status).toBe(500);
  });

  test('html: a page with status 200, as from a proxy', async () => {
    emulator.fault({ keys: 'html' });
    const response = await fetch(`${emulator.url}${keysPath}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
  });

  test('empty', async () => {
    emulator.fault({ keys: 'empty' });
    expect(await (await fetch(`${emulator.url}${keysPath}`)).json()).toEqual({ keys: [] });
  });

  test('wrong: another key under the right key id', async () => {
    const token = await emulator.mint();
    emulator.fault({ keys: 'wrong' });
    await expect(verify(emulator, token)).rejects.toMatchObject({
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    });
  });

  test('slow: it answers late', async () => {
    emulator.fault({ keys: 'slow' });
    const start = performance.now();
    expect((await fetch(`${emulator.url}${keysPath}`)).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThan(1500);
  });

  test('hang: it never answers', async () => {
    emulator.fault({ keys: 'hang' });
    await expect(
      fetch(`${emulator.url}${keysPath}`, { signal: AbortSignal.timeout(200) }),
    ).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  test('huge: 64 MB, and it copes with readers that stop', async () => {
    emulator.fault({ keys: 'huge' });
    const response = await fetch(`${emulator.url}${keysPath}`);
    let length = 0;
    for await (const chunk of response.body ?? []) {
      length += chunk.byteLength;
      if (length > 1024 * 1024) break;
    }
    expect(length).toBeGreaterThan(1024 * 1024);
    emulator.fault({});
    expect((await fetch(`${emulator.url}${keysPath}`)).status).toBe(200);
    emulator.fault({ keys: 'huge' });
    const all = await (await fetch(`${emulator.url}${keysPath}`)).text();
    expect(all.length).toBeGreaterThan(64 * 1024 * 1024);
    expect(all.endsWith(']}')).toBe(true);
  });
});

describe('the key on disk', () => {
  let directory: string;
  beforeEach(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'emulator-')), 'state');
  });
  afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }));

  test('a restart does not invalidate tokens', async () => {
    const token = await withEmulator({ keyDirectory: directory }, (first) => first.mint());
    await withEmulator({ keyDirectory: directory }, async (second) => {
      expect(await verify(second, token)).toMatchObject({ sub: 'usr_1000000000000003' });
    });
  });

  test('a rotation survives a restart too', async () => {
    const token = await withEmulator({ keyDirectory: directory }, async (first) => {
      await first.rotateKeys();
      return first.mint();
    });
    await withEmulator({ keyDirectory: directory }, (second) => verify(second, token));
  });

  test.skipIf(process.platform === 'win32')('only its owner can read it', async () => {
    await withEmulator({ keyDirectory: directory }, async (emulator) => {
      await fetch(`${emulator.url}/api/v1/resources/${emulator.resourceId}/clients:register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: ['http://localhost:1/'] }),
      });
    });
    const modes: Record<string, string> = {};
    for (const name of ['.', ...(await readdir(directory, { recursive: true }))])
      modes[name.replace(/m2m_\d+/, 'm2m_…')] = ((await stat(join(directory, name))).mode & 0o777).toString(
        8,
      );
    expect(modes).toEqual({
      '.': '700',
      clients: '700',
      'clients/m2m_….json': '600',
      'signing-key.json': '600',
    });
  });

  test('an invalid key file is replaced', async () => {
    await withEmulator({ keyDirectory: directory }, async () => {});
    for (const broken of ['', '{"kty":"RSA"}', 'null', '[]', '{"kty":"oct","k":"AAAA"}']) {
      await writeFile(join(directory, 'signing-key.json'), broken);
      const token = await withEmulator({ keyDirectory: directory }, (emulator) => emulator.mint());
      await withEmulator({ keyDirectory: directory }, (emulator) => verify(emulator, token));
    }
  });

  test('two local Scalekits that start at once agree on one key', async () => {
    const both = await Promise.all([
      startEmulator({ keyDirectory: directory }),
      startEmulator({ keyDirectory: directory }),
    ]);
    try {
      const [first, second] = both;
      await verify(second, await first.mint());
      await verify(first, await second.mint());
      expect(await readdir(directory)).toEqual(['signing-key.json']);
    } finally {
      await Promise.all(both.map((emulator) => emulator.close()));
    }
  });

  test('without a directory nothing is written, and the next start has another key', async () => {
    const token = await withEmulator({}, (first) => first.mint());
    await withEmulator({}, async (second) => {
      const keys = createRemoteJWKSet(new URL(`${second.url}${keysPath}`));
      await expect(jwtVerify(token, keys)).rejects.toThrow();
    });
    await expect(readdir(directory)).rejects.toThrow('ENOENT');
  });

  test('a folder that cannot be made is an error, and the port is free again', async () => {
    const file = join(directory, '..', 'file');
    await writeFile(file, '');
    await expect(startEmulator({ keyDirectory: join(file, 'state') })).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect(await readFile(file, 'utf8')).toBe('');
  });
});

describe('where the key is kept by default', () => {
  test.each([
    [{ XDG_STATE_HOME: '/state' }, 'linux', '/state/scalekit-mcp'],
    [{ XDG_STATE_HOME: 'relative' }, 'linux', /\/\.local\/state\/scalekit-mcp$/],
    [{}, 'darwin', /\/Library\/Application Support\/scalekit-mcp$/],
    [{ LOCALAPPDATA: 'C:\\Local', XDG_STATE_HOME: '/state' }, 'win32', /^C:\\Local.scalekit-mcp$/],
  ] as const)('%j on %s: %s', (env, platform, expected) => {
    expect(emulatorDirectory(env, platform)).toMatch(expected);
  });
});
