import { describe, expect, it } from 'vitest';
import {
  checkDeniedId,
  checkRedisUrl,
  checkUntil,
  denialLine,
  parseDenials,
} from '../../src/scalekit/deny-list.ts';

const now = Date.parse('2026-11-28T12:00:00Z');

describe('until when', () => {
  it.each([
    ['2026-12-01T12:00:00Z', '2026-12-01T12:00:00.000Z'],
    ['2026-12-01T12:00+02:00', '2026-12-01T10:00:00.000Z'],
    ['2026-12-01', '2026-12-01T00:00:00.000Z'],
    ['90m', '2026-11-28T13:30:00.000Z'],
    ['+2h', '2026-11-28T14:00:00.000Z'],
    ['7d', '2026-12-05T12:00:00.000Z'],
    ['now', '2026-11-28T12:00:00.000Z'],
  ])('%s is understood', (text, time) => {
    const checked = checkUntil(text, now);
    expect(checked.ok && new Date(checked.value).toISOString()).toBe(time);
  });

  it.each([
    ['', 'deny/until'],
    ['tomorrow', 'deny/until'],
    ['2026-12-01T12:00', 'deny/until'],
    ['2026-13-01', 'deny/until'],
    ['2h30m', 'deny/until'],
    ['1796126400', 'deny/until'],
    ['2026-11-28T11:59:59Z', 'deny/past'],
    ['0m', 'deny/past'],
  ])('%j is refused', (text, code) => {
    expect(checkUntil(text, now)).toMatchObject({ ok: false, problem: { code } });
  });
});

describe('who', () => {
  it.each(['usr_123', 'tkn_4-5.6', '0b8f7b64-5a43-4a0e-9a0b-4f2f6d1c2e3f', 'm2m_1|x'])(
    '%s may be denied',
    (id) => {
      expect(checkDeniedId(id)).toMatchObject({ ok: true, value: id });
    },
  );

  it.each([
    ['', 'deny/id'],
    ['usr 1', 'deny/id'],
    ['#usr', 'deny/id'],
    ['usr_1\n', 'deny/id'],
    ['x'.repeat(257), 'deny/id'],
    [`${Buffer.from('{"alg":"RS256"}').toString('base64url')}.e30.x`, 'deny/token'],
  ])('%j is refused', (id, code) => {
    const checked = checkDeniedId(id);
    expect(checked).toMatchObject({ ok: false, problem: { code } });
    if (code === 'deny/token') expect(JSON.stringify(checked)).not.toContain(id);
  });
});

describe('a deny file', () => {
  it('is read line by line; the last line for an id counts', () => {
    const text = [
      '# who left',
      denialLine('usr_1', now),
      '',
      'usr_2 2026-12-01T12:00:00Z  # for now',
      '  usr_1\t2026-12-02T00:00:00Z\r',
      'usr_3',
      'usr_4 tomorrow',
      'usr_5 2026-12-01T12:00:00Z more',
    ].join('\n');
    const { denials, wrong } = parseDenials(text);
    expect([...denials]).toEqual([
      ['usr_1', Date.parse('2026-12-02T00:00:00Z')],
      ['usr_2', Date.parse('2026-12-01T12:00:00Z')],
    ]);
    expect(wrong).toEqual([6, 7, 8]);
  });
});

describe('the URL of Redis', () => {
  it.each(['redis://localhost:6379', 'rediss://user:secret@redis.example:6380/1'])('%s is one', (url) => {
    expect(checkRedisUrl(url).ok).toBe(true);
  });

  it('is refused without showing its password', () => {
    const checked = checkRedisUrl('http://user:hunter2@redis.example');
    expect(checked.ok).toBe(false);
    expect(JSON.stringify(checked)).not.toContain('hunter2');
  });
});
