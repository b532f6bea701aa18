import { describe, expect, it } from 'vitest';
import { createLog, type Details } from '../../src/server/log.ts';

function written(readable: boolean, details: Details): string {
  let text = '';
  createLog(readable, (line) => {
    text += line;
  })('info', 'event', details);
  return text;
}

describe('the log', () => {
  it('is a line of JSON an event', () => {
    const line = JSON.parse(written(false, { reason: 'x', status: 401, subject: undefined }));
    expect(line).toEqual({
      time: expect.stringMatching(/Z$/),
      level: 'info',
      event: 'event',
      reason: 'x',
      status: 401,
    });
  });

  it.each([true, false])('is one line whatever is in it (readable: %s)', (readable) => {
    const evil = 'a\r\n{"event":"forged"}\u001b[2J\u009b2J\u2028\u2029\u0000\u202e\u2066\u200b';
    const text = written(readable, { path: evil, message: evil });
    expect(text.trimEnd().split(/[\r\n\u2028\u2029]/)).toHaveLength(1);
    for (const control of ['\u001b[2J', '\u009b', '\u0000', '\u202e', '\u2066', '\u200b'])
      expect(text).not.toContain(control);
  });

  it('cuts what is too long', () => {
    expect(written(false, { path: 'x'.repeat(100_000) }).length).toBeLessThan(1000);
  });

  it('shows a stack line by line to a person', () => {
    expect(written(true, { stack: 'Error: x\n    at y' })).toContain('\n    at y\n');
  });
});
