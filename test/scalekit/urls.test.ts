import { describe, expect, test } from 'vitest';
import {
  checkEnvironmentUrl,
  checkMcpUrl,
  checkPort,
  isLoopback,
  isThisMachine,
  isUrl,
  portOf,
} from '../../src/scalekit/index.ts';
import { notesOf, outcome } from './outcome.ts';
import {
  correctedMcpUrls,
  refusedEnvironmentUrls,
  refusedMcpUrls,
  refusedPorts,
  spacedMcpUrls,
  takenEnvironmentUrls,
  takenMcpUrls,
  takenPorts,
} from './values.ts';

describe('MCP_URL: accepted as it is', () => {
  test.each(takenMcpUrls)('%s', (url) => {
    expect(checkMcpUrl(url)).toEqual({ ok: true, value: url, notes: [] });
  });
});

describe('MCP_URL: corrected, with a note', () => {
  test.each(correctedMcpUrls)('%s → %s', (url, value, note) => {
    const checked = checkMcpUrl(url);
    expect(outcome(checked)).toBe(value);
    expect(notesOf(checked)).toEqual([expect.stringContaining(note)]);
    expect(notesOf(checked)[0], 'the note shows the result').toContain(value);
  });

  test.each(spacedMcpUrls)('white space around it is dropped without a note: %j', (url) => {
    expect(checkMcpUrl(url)).toEqual({ ok: true, value: 'http://localhost:3002/', notes: [] });
  });
});

describe('MCP_URL: refused', () => {
  test.each(refusedMcpUrls)('%j: %s', (url, code) => {
    expect(outcome(checkMcpUrl(url))).toBe(`✗ mcp-url/${code}`);
  });

  test('says what was found and what is expected, and shows no password', () => {
    for (const url of [
      'https://user:hunter2@example.com/',
      'ftp://user:hunter2@x/',
      'user:hunter2@x.example',
    ])
      expect(JSON.stringify(checkMcpUrl(url)), url).not.toContain('hunter2');
    expect(checkMcpUrl('http://example.com/')).toMatchObject({
      problem: {
        reason: 'MCP_URL is http, but example.com is not this machine',
        actual: 'http://example.com/',
        expected: expect.stringContaining('https unless the host is this machine'),
      },
    });
  });
});

describe('SCALEKIT_ENVIRONMENT_URL: accepted', () => {
  test.each(takenEnvironmentUrls)('%s', (url, origin) => {
    expect(checkEnvironmentUrl(url)).toEqual({ ok: true, value: origin, notes: [] });
  });

  test('a correction comes with a note', () => {
    expect(checkEnvironmentUrl('HTTPS://Acme.Scalekit.dev:443/')).toEqual({
      ok: true,
      value: 'https://acme.scalekit.dev',
      notes: ['The environment URL was read as https://acme.scalekit.dev'],
    });
  });
});

describe('SCALEKIT_ENVIRONMENT_URL: refused', () => {
  test.each(refusedEnvironmentUrls)('%j: %s', (url, code) => {
    expect(outcome(checkEnvironmentUrl(url))).toBe(`✗ environment-url/${code}`);
  });

  test('a path is refused with the right URL', () => {
    expect(checkEnvironmentUrl('https://acme.scalekit.dev/resources/res_1')).toMatchObject({
      problem: { expected: 'https://acme.scalekit.dev (without /resources/res_1)' },
    });
  });
});

describe('isLoopback', () => {
  test.each([
    ['http://localhost', true],
    ['http://a.b.localhost', true],
    ['http://127.0.0.1', true],
    ['http://127.255.255.254', true],
    ['http://2130706433', true],
    ['http://0x7f.1', true],
    ['https://[::1]', true],
    ['http://localhost.evil.com', false],
    ['http://notlocalhost', false],
    ['http://0.0.0.0', false],
    ['http://10.0.0.1', false],
    ['http://[::]', false],
    ['http://127.evil.com', false],
    ['http://127.0.0.1.nip.io', false],
  ])('%s: %s', (url, expected) => {
    expect(isLoopback(new URL(url))).toBe(expected);
  });
});

describe('isThisMachine', () => {
  test.each([
    ...['http://localhost', 'http://a.localhost', 'http://localhost.', 'http://127.0.0.1', 'http://127.1'],
    ...[
      'https://[::1]',
      'https://[0:0:0:0:0:0:0:1]',
      'https://[::ffff:127.0.0.1]',
      'https://[::ffff:7f00:1]',
    ],
    ...[
      'https://[::127.0.0.1]',
      'https://[::ffff:0.0.0.0]',
      'http://0.0.0.0:4002',
      'http://0',
      'http://[::]',
    ],
    ...['https://localhost.localdomain', 'https://localhost6', 'https://LOCALHOST6.localdomain6'],
    ...[
      'https://ip6-localhost',
      'https://ip6-loopback',
      'http://2130706433',
      'http://0x7f.1',
      'http://017700000001',
    ],
    ...['https://localhost.localdomain.', 'https://[::ffff:0:127.0.0.1]', 'https://[64:ff9b::127.0.0.1]'],
    ...[
      'http://host.docker.internal:4002',
      'http://kubernetes.docker.internal',
      'http://host.containers.internal',
    ],
  ])('%s is', (url) => {
    expect(isThisMachine(new URL(url))).toBe(true);
  });

  test.each([
    ...['https://acme.scalekit.dev', 'http://localhost.evil.com', 'http://localhostx', 'http://localdomain'],
    ...[
      'http://10.0.0.1',
      'http://128.0.0.1',
      'https://[::ffff:10.0.0.1]',
      'https://[::2]',
      'https://[7f00::1]',
    ],
    ...['http://127.0.0.1.nip.io', 'https://ip6-localhost.evil.com', 'https://[64:ff9b::10.0.0.1]'],
    ...['https://docker.internal', 'https://xhost.docker.internal', 'https://host.docker.internal.evil.com'],
  ])('%s is not', (url) => {
    expect(isThisMachine(new URL(url))).toBe(false);
  });
});

describe('ports', () => {
  test.each(takenPorts)('%j is %d', (value, port) => {
    expect(outcome(checkPort(value))).toBe(port);
  });

  test.each(refusedPorts)('%j is not a port', (value) => {
    expect(outcome(checkPort(value))).toBe('✗ port');
  });

  test.each([
    ['http://localhost:3002/', 3002],
    ['http://localhost/', 80],
    ['https://localhost/', 443],
    ['https://localhost:80/', 80],
  ])('%s means %d', (url, port) => {
    expect(portOf(new URL(url))).toBe(port);
  });
});

test('letters beyond ASCII stay valid, however many URLs were checked before', () => {
  const idn = 'https://bücher.example/';
  const before = Array.from({ length: 20_000 }, (_, n) => isUrl(`https://example.com/${n}`) && isUrl(idn));
  expect(before).not.toContain(false);
  expect([isUrl('/path', idn), isUrl('/path'), isUrl('http://')]).toEqual([true, false, false]);
});
