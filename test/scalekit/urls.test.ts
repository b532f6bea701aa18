import { describe, expect, test } from 'vitest';
import { checkEnvironmentUrl, checkMcpUrl, checkPort, isLoopback, portOf } from '../../src/scalekit/index.ts';
import { notesOf, outcome } from './outcome.ts';

describe('MCP_URL: taken as it is', () => {
  test.each([
    'http://localhost:3002/',
    'http://localhost/',
    'http://127.0.0.1:3002/',
    'http://127.8.9.10:3002/',
    'http://[::1]:3002/',
    'http://todo.localhost:3002/',
    'https://mcp.example.com/',
    'https://mcp.example.com:8443/',
    'https://example.com/base/',
    'https://example.com/a/b-c/d_e/v1.2/~x/',
    'https://under_score.example.com/',
    'https://203.0.113.7/',
    'https://mcp.example.com/mcp-server/',
    'https://mcp.example.com/mcp/v1/',
  ])('%s', (url) => {
    expect(checkMcpUrl(url)).toEqual({ ok: true, value: url, notes: [] });
  });
});

describe('MCP_URL: corrected, and the correction is said', () => {
  test.each([
    ['http://localhost:3002', 'http://localhost:3002/', 'given its trailing slash'],
    ['http://127.0.0.1', 'http://127.0.0.1/', 'given its trailing slash'],
    ['http://[::1]', 'http://[::1]/', 'given its trailing slash'],
    ['https://example.com/base', 'https://example.com/base/', 'given its trailing slash'],
    ['http://localhost:3002/mcp', 'http://localhost:3002/', '/mcp was taken off'],
    ['http://localhost:3002/mcp/', 'http://localhost:3002/', '/mcp was taken off'],
    ['http://localhost:3002/mcp//', 'http://localhost:3002/', '/mcp was taken off'],
    ['http://localhost:3002/mcp/mcp', 'http://localhost:3002/', '/mcp was taken off'],
    ['http://localhost:3002/MCP', 'http://localhost:3002/', '/mcp was taken off'],
    ['https://x.example/base/mcp', 'https://x.example/base/', '/mcp was taken off'],
    ['HTTP://LOCALHOST:3002', 'http://localhost:3002/', 'given its trailing slash'],
    ['HTTPS://MCP.Example.COM/', 'https://mcp.example.com/', 'was read as'],
    ['https://example.com:443/', 'https://example.com/', 'was read as'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/', 'was read as'],
    ['http://127.1:3002/', 'http://127.0.0.1:3002/', 'was read as'],
    ['https://example.com/a/../b/', 'https://example.com/b/', 'was read as'],
    ['http:///localhost:3002/', 'http://localhost:3002/', 'was read as'],
  ])('%s → %s', (url, value, note) => {
    const checked = checkMcpUrl(url);
    expect(outcome(checked)).toBe(value);
    expect(notesOf(checked)).toEqual([expect.stringContaining(note)]);
    expect(notesOf(checked)[0], 'the note shows the result').toContain(value);
  });

  test.each([
    ' http://localhost:3002/ ',
    'http://localhost:3002/\n',
    '\tttp://localhost:3002/'.replace('tt', 'htt'),
    '\ufeffhttp://localhost:3002/',
  ])('white space around it is nobody’s intention: %j', (url) => {
    expect(checkMcpUrl(url)).toEqual({ ok: true, value: 'http://localhost:3002/', notes: [] });
  });
});

describe('MCP_URL: refused', () => {
  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['localhost:3002/', 'no-scheme'],
    ['LOCALHOST:3002/', 'no-scheme'],
    ['mcp.example.com', 'no-scheme'],
    ['mcp.example.com/mcp', 'no-scheme'],
    ['127.0.0.1:3002', 'no-scheme'],
    ['//localhost:3002/', 'not-a-url'],
    ['/mcp', 'not-a-url'],
    ['http:', 'not-a-url'],
    ['http://', 'not-a-url'],
    ['http:/localhost:3002/', 'not-a-url'],
    ['"http://localhost:3002/"', 'not-a-url'],
    ['todo', 'not-a-url'],
    ['http://[::1:3002/', 'not-a-url'],
    ['http://localhost:abc/', 'not-a-url'],
    ['http://localhost:-1/', 'not-a-url'],
    ['http://localhost:65536/', 'port'],
    ['http://localhost:99999999999', 'port'],
    ['http://localhost:0/', 'port'],
    ['ftp://localhost/', 'scheme'],
    ['ws://localhost:3002/', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['https://user:pw@example.com/', 'credentials'],
    ['https://user@example.com/', 'credentials'],
    ['http://:pw@localhost:3002/', 'credentials'],
    ['http://localhost:3002/?', 'query'],
    ['http://localhost:3002/?a=b', 'query'],
    ['http://localhost:3002/mcp?session=1', 'query'],
    ['http://localhost:3002/#', 'fragment'],
    ['http://localhost:3002/#/mcp', 'fragment'],
    ['http://example.com/', 'http'],
    ['http://localhost.evil.com/', 'http'],
    ['http://127.0.0.1.evil.com/', 'http'],
    ['http://evil-localhost/', 'http'],
    ['http://192.168.0.7:3002/', 'http'],
    ['http://128.0.0.1/', 'http'],
    ['http://[::ffff:127.0.0.1]/', 'http'],
    ['http://0.0.0.0:3002/', 'host'],
    ['http://[::]:3002/', 'host'],
    ['http://localhost.:3002/', 'host'],
    ['https://example.com./', 'host'],
    ['https://a..b/', 'host'],
    ['https://.example.com/', 'host'],
    ['https://*.example.com/', 'host'],
    [`https://\${HOST}/`, 'host'],
    [`https://${'a'.repeat(64)}.example/`, 'host'],
    [`https://${'a.'.repeat(127)}example/`, 'host'],
    ['http:\\\\localhost:3002\\', 'characters'],
    ['http://localhost:3002\\mcp', 'characters'],
    ['https://example.com\\@evil.com/', 'characters'],
    ['http://local host:3002/', 'characters'],
    ['http://localhost:3002/ mcp', 'characters'],
    ['http://local\nhost:3002/', 'characters'],
    ['http://local\thost:3002/', 'characters'],
    ['http://local\u200bhost:3002/', 'characters'],
    ['\u200bhttp://localhost:3002/', 'characters'],
    ['https://example.com/\u202egpj.exe/', 'characters'],
    ['https://example.com//', 'path'],
    ['https://example.com/a//mcp', 'path'],
    ['https://example.com/%6dcp', 'path'],
    ['https://example.com/mcp%2f', 'path'],
    ['https://example.com/mcp;a=b', 'path'],
    ['https://example.com/büro/', 'path'],
    ['https://example.com/.well-known/oauth-protected-resource/mcp', 'path'],
    ['res_123', 'identifier'],
    ['skc_123', 'identifier'],
    ['conn_123', 'identifier'],
    [`https://example.com/${'a'.repeat(3000)}/`, 'length'],
  ])('%j: %s', (url, code) => {
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

describe('SCALEKIT_ENVIRONMENT_URL: taken', () => {
  test.each([
    ['https://acme.scalekit.dev', 'https://acme.scalekit.dev'],
    ['https://acme.scalekit.dev/', 'https://acme.scalekit.dev'],
    ['https://acme.scalekit.cloud', 'https://acme.scalekit.cloud'],
    ['https://acme.scalekit.com', 'https://acme.scalekit.com'],
    ['https://acme.eu.scalekit.com', 'https://acme.eu.scalekit.com'],
    ['https://app-acme.scalekit.com', 'https://app-acme.scalekit.com'],
    ['https://auth.acme.example', 'https://auth.acme.example'],
    ['https://auth.acme.example:8443', 'https://auth.acme.example:8443'],
    ['https://appscalekit.com', 'https://appscalekit.com'],
    ['https://auth.your-brand.example', 'https://auth.your-brand.example'],
    ['http://localhost:4002', 'http://localhost:4002'],
    ['http://127.0.0.1:4002/', 'http://127.0.0.1:4002'],
  ])('%s', (url, origin) => {
    expect(checkEnvironmentUrl(url)).toEqual({ ok: true, value: origin, notes: [] });
  });

  test('what was written otherwise is said', () => {
    expect(checkEnvironmentUrl('HTTPS://Acme.Scalekit.dev:443/')).toEqual({
      ok: true,
      value: 'https://acme.scalekit.dev',
      notes: ['The environment URL was read as https://acme.scalekit.dev'],
    });
  });
});

describe('SCALEKIT_ENVIRONMENT_URL: refused', () => {
  test.each([
    ['', 'empty'],
    ['acme.scalekit.dev', 'no-scheme'],
    ['localhost:4002', 'no-scheme'],
    ['acme', 'not-a-url'],
    ['http://acme.scalekit.dev', 'http'],
    ['http://localhost.evil.com', 'http'],
    ['ftp://acme.scalekit.dev', 'scheme'],
    ['https://acme.scalekit.dev/resources/res_1', 'path'],
    ['https://acme.scalekit.dev/keys', 'path'],
    ['https://acme.scalekit.dev//', 'path'],
    ['https://acme.scalekit.dev?', 'query'],
    ['https://acme.scalekit.dev#', 'fragment'],
    ['https://user:pw@acme.scalekit.dev', 'credentials'],
    ['https://app.scalekit.com', 'dashboard'],
    ['https://app.scalekit.com/ws/environments/env_1', 'dashboard'],
    ['https://app.eu.scalekit.com', 'dashboard'],
    ['https://eu.scalekit.com', 'dashboard'],
    ['https://dashboard.scalekit.com/', 'dashboard'],
    ['https://docs.scalekit.com/mcp', 'dashboard'],
    ['https://scalekit.com', 'dashboard'],
    ['https://SCALEKIT.com', 'dashboard'],
    ['https://*.eu.scalekit.com', 'host'],
    ['https://<name>.scalekit.dev', 'not-a-url'],
    ['https://{env}.scalekit.dev', 'host'],
    ['https://your-env.scalekit.com', 'placeholder'],
    ['https://yourenv.scalekit.com', 'placeholder'],
    ['https://your-environment-url.scalekit.com', 'placeholder'],
    ['env_123', 'identifier'],
    ['res_123', 'identifier'],
    ['skc_123', 'identifier'],
  ])('%j: %s', (url, code) => {
    expect(outcome(checkEnvironmentUrl(url))).toBe(`✗ environment-url/${code}`);
  });

  test('a path: says which URL is right', () => {
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

describe('ports', () => {
  test.each([
    [3002, 3002],
    ['3002', 3002],
    [' 3002 ', 3002],
    [1, 1],
    ['65535', 65_535],
  ])('%j is %d', (value, port) => {
    expect(outcome(checkPort(value))).toBe(port);
  });

  test.each([
    0,
    65_536,
    -1,
    3002.5,
    Number.NaN,
    '',
    'abc',
    '0',
    '65536',
    '3002.5',
    '0x10',
    '1e3',
    '+80',
    '３００２',
    '123456789',
  ])('%j is none', (value) => {
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
