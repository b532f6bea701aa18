import dns, { type LookupAddress } from 'node:dns';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errors, exportJWK, generateKeyPair, type JWK } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { KeySet, KeysUnavailable } from '../../src/server/keys.ts';

const minute = 60_000;
type Found = (error: null, addresses: readonly LookupAddress[]) => void;
let good: JWK;
let rotated: JWK;
beforeAll(async () => {
  const make = async (kid: string): Promise<JWK> => ({
    ...(await exportJWK((await generateKeyPair('RS256', { extractable: true })).publicKey)),
    kid,
    use: 'sig',
    alg: 'RS256',
  });
  [good, rotated] = await Promise.all([make('one'), make('two')]);
});

/** A key server that answers what the test says, and counts the requests. */
let answer: () => { status?: number; body: string; raw?: string; headers?: Record<string, string> };
let asked: number;
let server: Server;
let keys: KeySet;
beforeEach(async () => {
  asked = 0;
  answer = () => ({ body: JSON.stringify({ keys: [good] }) });
  server = createServer((_req, res) => {
    asked += 1;
    const { status = 200, body, raw, headers = {} } = answer();
    if (raw === undefined) res.writeHead(status, headers).end(body);
    else res.socket?.write(raw);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  keys = new KeySet(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`);
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
});

const find = async (kid: string) => await keys.find({ alg: 'RS256', kid }, { payload: '', signature: '' });
const later = (ms: number) => vi.setSystemTime(Date.now() + ms);
const down = () => ({ status: 500, body: 'no' });

describe('the clock', () => {
  /** Keys from a Scalekit whose clock is so many seconds ahead of ours. */
  const from =
    (seconds: number, headers = {}) =>
    () => ({
      body: JSON.stringify({ keys: [good] }),
      headers: { date: new Date(Date.now() + seconds * 1000).toUTCString(), ...headers },
    });
  const logged: string[] = [];
  beforeEach(() => {
    logged.length = 0;
    keys.log = (_level, event, { message } = {}) => void logged.push(`${event}: ${message}`);
  });

  it.each([
    [-3 * 3600, "3 hours ahead of Scalekit's: good tokens look as if they had expired"],
    [3 * 3600, "3 hours behind Scalekit's: new tokens are not valid yet"],
    [-30 * 86_400, '30 days ahead of'],
    [600, '10 minutes behind'],
    [-90, '90 seconds ahead of'],
  ])('that is %i s apart from Scalekit’s is named', async (seconds, words) => {
    answer = from(seconds);
    await keys.load();
    expect(logged).toEqual([expect.stringContaining(`clock_off: This machine's clock is ${words}`)]);
  });

  it.each([
    ['within what is tolerated', from(-50)],
    ['of an answer that a cache has kept for an hour', from(-3600, { age: '3600' })],
    ['that the answer does not say', from(0, { date: 'soon' })],
  ])('%s is not', async (_, given) => {
    answer = given;
    await keys.load();
    expect(logged).toEqual([]);
  });

  it('is named once, and again when it was right in between', async () => {
    for (const seconds of [7200, 7200, 0, 7200]) {
      answer = from(seconds);
      await expect(find('unknown')).rejects.toThrow();
      later(2000);
    }
    expect(logged).toHaveLength(2);
  });
});

describe('signing keys', () => {
  it('are fetched once, however many requests need them', async () => {
    await Promise.all([find('one'), find('one'), find('one')]);
    await find('one');
    expect(asked).toBe(1);
  });

  it('are refreshed in the background when they are five minutes old', async () => {
    await find('one');
    later(5 * minute + 1);
    answer = () => ({ body: JSON.stringify({ keys: [rotated] }) });
    await expect(find('one'), 'the old key still serves this request').resolves.toBeDefined();
    await vi.waitFor(() => expect(keys.version).toBe(2));
    await expect(find('one')).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey);
  });

  describe('of more than ten minutes ago', () => {
    const withdraw = () => {
      later(10 * minute + 1);
      answer = () => ({ body: JSON.stringify({ keys: [rotated] }) });
    };

    it('are fetched again before use, so a withdrawn key lets nobody in', async () => {
      await find('one');
      withdraw();
      const calls = await Promise.allSettled(Array.from({ length: 40 }, () => find('one')));
      expect(new Set(calls.map(({ status }) => status))).toEqual(new Set(['rejected']));
    });

    it('keep serving if that fails, without delaying each request', async () => {
      await find('one');
      later(10 * minute + 1);
      answer = down;
      for (let request = 0; request < 20; request += 1) await expect(find('one')).resolves.toBeDefined();
      expect(asked).toBe(2);
    });

    it('keep serving if the key server does not answer in time', async () => {
      const patient = new KeySet(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`, 50);
      const token = { payload: '', signature: '' };
      await patient.find({ alg: 'RS256', kid: 'one' }, token);
      later(10 * minute + 1);
      answer = () => ({ body: '', raw: 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n' });
      await expect(patient.find({ alg: 'RS256', kid: 'one' }, token)).resolves.toBeDefined();
    });
  });

  it('are fetched again for a token with an unknown key id', async () => {
    await find('one');
    answer = () => ({ body: JSON.stringify({ keys: [good, rotated] }) });
    await expect(find('two')).resolves.toBeDefined();
    expect(asked).toBe(2);
  });

  it('are fetched at most once a second for unknown key ids', async () => {
    await find('one');
    for (let tenth = 0; tenth < 25; tenth += 1) {
      await Promise.allSettled(Array.from({ length: 20 }, (_, n) => find(`unknown-${n}`)));
      later(100);
    }
    expect(asked).toBe(1 + 3);
  });

  it('are noticed within a second of a rotation, even during a flood', async () => {
    await find('one');
    await expect(find('unknown')).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey);
    answer = () => ({ body: JSON.stringify({ keys: [good, rotated] }) });
    await expect(find('two')).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey);
    later(1000);
    await expect(find('two')).resolves.toBeDefined();
  });

  it('are used for twelve hours while the key server is down, and no longer', async () => {
    await find('one');
    answer = down;
    for (let hour = 1; hour <= 11; hour += 1) {
      later(60 * minute);
      await expect(find('one')).resolves.toBeDefined();
    }
    later(61 * minute);
    await expect(find('one')).rejects.toBeInstanceOf(KeysUnavailable);
  });

  it('that may be new count as unavailable, not unknown, while the key server is down', async () => {
    await find('one');
    answer = down;
    await expect(find('two')).rejects.toBeInstanceOf(KeysUnavailable);
    await expect(find('two')).rejects.toBeInstanceOf(KeysUnavailable);
    expect(asked, 'the second waits for the pause to end').toBe(2);
  });

  it('are requested with growing pauses while there are none', async () => {
    answer = down;
    const pauses = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const { retryAfter } = (await find('one').catch((error: unknown) => error)) as KeysUnavailable;
      pauses.push(retryAfter);
      later(1000 * retryAfter);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 8, 8]);
    expect(asked).toBe(6);
  });

  it('are requested once per pause, however many need them', async () => {
    answer = down;
    for (let request = 0; request < 20; request += 1) await find('one').catch(() => {});
    expect(asked).toBe(1);
  });

  it('are available again without a restart', async () => {
    answer = down;
    await expect(find('one')).rejects.toBeInstanceOf(KeysUnavailable);
    answer = () => ({ body: JSON.stringify({ keys: [good] }) });
    later(1000);
    await expect(find('one')).resolves.toBeDefined();
  });

  describe('after the clock was set back', () => {
    const back = () => later(-60 * minute);

    it('are fetched when they rotate', async () => {
      await find('one');
      await expect(find('unknown')).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey);
      back();
      answer = () => ({ body: JSON.stringify({ keys: [rotated] }) });
      await expect(find('two')).resolves.toBeDefined();
    });

    it('are forgotten once they are withdrawn', async () => {
      await find('one');
      back();
      answer = () => ({ body: JSON.stringify({ keys: [rotated] }) });
      await expect(find('one')).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey);
    });

    it('are requested again if there were none', async () => {
      answer = down;
      await expect(find('one')).rejects.toBeInstanceOf(KeysUnavailable);
      back();
      answer = () => ({ body: JSON.stringify({ keys: [good] }) });
      await expect(find('one')).resolves.toBeDefined();
    });
  });

  const useless: Record<string, () => { status?: number; body: string; raw?: string }> = {
    'an error': down,
    'a page': () => ({ body: '<html>' }),
    'an empty set': () => ({ body: '{"keys":[]}' }),
    'no set': () => ({ body: '[]' }),
    'keys that are no keys': () => ({ body: '{"keys":[null,1,"key",{}]}' }),
    'keys for something else': () => ({
      body: JSON.stringify({ keys: [{ ...good, use: 'enc' }, { ...good, alg: 'RS512' }, { kty: 'EC' }] }),
    }),
    'more than 256 KB': () => ({ body: JSON.stringify({ keys: [good], more: 'x'.repeat(256 * 1024) }) }),
    'a redirect': () => ({ status: 302, body: '' }),
    'another protocol': () => ({
      body: '',
      raw: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: upgrade\r\n\r\n',
    }),
  };
  it.each(Object.entries(useless))('stay as they are when the key server sends %s', async (_name, body) => {
    await find('one');
    answer = body;
    later(6 * minute);
    await find('one');
    await vi.waitFor(() => expect(asked).toBe(2));
    await expect(find('one')).resolves.toBeDefined();
    expect(keys.version).toBe(1);
    await expect(find('new'), 'nobody waits for ever').rejects.toBeInstanceOf(KeysUnavailable);
  });

  it('are logged as missing with the reason when the name has several addresses', async () => {
    const causes: unknown[] = [];
    const { port } = server.address() as AddressInfo;
    server.close();
    const addresses = [
      { address: '127.0.0.1', family: 4 },
      { address: '127.0.0.2', family: 4 },
    ];
    vi.spyOn(dns, 'lookup').mockImplementation(((_name: string, _options: object, done: Found) =>
      done(null, addresses)) as never);
    onTestFinished(() => void vi.restoreAllMocks());
    const named = new KeySet(`http://scalekit.test:${port}/keys`);
    named.log = (_level, _event, details) => causes.push(details?.cause);
    await expect(named.load()).rejects.toBeInstanceOf(KeysUnavailable);
    expect(causes).toEqual([expect.stringContaining(`ECONNREFUSED 127.0.0.1:${port}`)]);
  });

  it('are logged as missing with the reason, without a stack', async () => {
    const lines: unknown[] = [];
    keys.log = (level, event, details) => lines.push({ level, event, ...details });
    answer = down;
    await find('one').catch(() => {});
    expect(lines).toEqual([
      expect.objectContaining({ event: 'keys_unavailable', cause: 'The key server answered 500' }),
    ]);
  });
});
