import { describe, expect, test } from 'vitest';
import { accept, maskSecrets, printable, refuse } from '../../src/scalekit/index.ts';

// Invented values in the formats of Scalekit and RFC 7519.
const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c3JfMSJ9.c2lnbmF0dXJl';

describe('secrets are masked', () => {
  test.each([
    ['skcs_a8Fk20dlsP', 'skcs_…(masked)'],
    ['sks_a8Fk20dlsP', 'sks_…(masked)'],
    ['test_a8Fk20dlsP', 'test_…(masked)'],
    ['SECRET=test_a8Fk20dlsP;', 'SECRET=test_…(masked);'],
    ['{"a":"x\\nskcs_a8Fk20dlsPw92kd"}', '{"a":"x\\nskcs_…(masked)"}'],
    [token, 'eyJ…(masked)'],
    [`Bearer ${token}`, 'Bearer eyJ…(masked)'],
    ['eyJhbGciOiJSUzI1NiJ9.eyJzdWIi', 'eyJ…(masked)'],
    [`${token}.c2lnbmF0.dXJl`, 'eyJ…(masked)'],
    [`https://x.example/?token=${token}&a=b`, 'https://x.example/?token=eyJ…(masked)&a=b'],
    ['https://user:hunter2@x.example/', 'https://…@x.example/'],
    ['https://ghp_token@x.example/', 'https://…@x.example/'],
    ['https://user:p@ss@x.example/', 'https://…@x.example/'],
    ['user:hunter2@x.example', '…@x.example'],
    ['skcs_a8Fk20dlsP and sks_a8Fk20dlsP', 'skcs_…(masked) and sks_…(masked)'],
  ])('%s', (text, shown) => {
    expect(maskSecrets(text)).toBe(shown);
    expect(printable(text)).toBe(shown);
  });
});

describe('what is not a secret stays readable', () => {
  test.each([
    'res_1000000000000001',
    'skc_1000000000000002',
    'tasks_read',
    'tasks_write-all',
    'latest_version',
    'https://acme.scalekit.dev/resources/res_1',
    'http://localhost:3002/mcp',
    'someone@example.com',
    'Bearer realm="mcp", resource_metadata="https://x.example/.well-known/oauth-protected-resource"',
    'a, b; c (d) "e" \\ 100 % – ü ñ 日本 😀',
  ])('%s', (text) => {
    expect(printable(text)).toBe(text);
  });
});

describe('control and invisible characters are spelt out', () => {
  test.each([
    ['a\u001b[31mb', 'a\\x1b[31mb'],
    ['a\r\nb', 'a\\x0d\\x0ab'],
    ['a\u0000\u007f\u009b', 'a\\x00\\x7f\\x9b'],
    ['a\u2028b', 'a\\u{2028}b'],
    ['a\u202egpj', 'a\\u{202e}gpj'],
    ['a\u200bb\ufeff', 'a\\u{200b}b\\u{feff}'],
    ['a\u00a0b', 'a\\xa0b'],
    ['a\ud800b', 'a\\u{d800}b'],
    ['a\u{e0041}b', 'a\\u{e0041}b'],
  ])('%j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});

test('a long value is cut between characters, and megabytes cost nothing', () => {
  expect(printable('a'.repeat(200))).toBe('a'.repeat(200));
  expect(printable('a'.repeat(201))).toBe(`${'a'.repeat(200)}…`);
  expect(printable(`${'a'.repeat(199)}😀`)).toBe(`${'a'.repeat(199)}…`);
  expect(printable('abcdef', 3)).toBe('abc…');
  const before = performance.now();
  for (const long of ['a:', '//', 'eyJ', 'test_', '@', 'a@:', '\u001b']) printable(long.repeat(1_000_000));
  expect(performance.now() - before).toBeLessThan(2000);
});

test('accept and refuse make the two halves of a check', () => {
  expect(accept(1)).toEqual({ ok: true, value: 1, notes: [] });
  expect(accept(1, ['said'])).toEqual({ ok: true, value: 1, notes: ['said'] });
  expect(refuse('a/b', 'It is wrong', 'test_a8Fk20dlsP\n', 'right')).toEqual({
    ok: false,
    problem: { code: 'a/b', reason: 'It is wrong', actual: 'test_…(masked)\\x0a', expected: 'right' },
  });
});
