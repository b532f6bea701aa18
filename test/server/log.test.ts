import { describe, expect, it } from 'vitest';
import { createLog, type Details, levels } from '../../src/server/log.ts';

function written(readable: boolean, details: Details): string {
  let text = '';
  const write = (line: string) => {
    text += line;
  };
  createLog({ format: readable ? 'text' : 'json', write })('info', 'event', details);
  return text;
}

describe('the log', () => {
  it('is one line of JSON per event', () => {
    const line = JSON.parse(written(false, { reason: 'x', status: 401, subject: undefined }));
    expect(line).toEqual({
      time: expect.stringMatching(/Z$/),
      level: 'info',
      event: 'event',
      reason: 'x',
      status: 401,
    });
  });

  it.each([true, false])('stays one line per event whatever it contains (readable: %s)', (readable) => {
    const evil = 'a\r\n{"event":"forged"}\u001b[2J\u009b2J\u2028\u2029\u0000\u202e\u2066\u200b';
    const text = written(readable, { path: evil, message: evil });
    expect(text.trimEnd().split(/[\r\n\u2028\u2029]/)).toHaveLength(1);
    for (const control of ['\u001b[2J', '\u009b', '\u0000', '\u202e', '\u2066', '\u200b'])
      expect(text).not.toContain(control);
  });

  const unseen = '\u00ad\u180e\ufff9\u3164\u{e0041}\u{e0101}\u{1d173}';
  it.each([true, false])('escapes invisible characters (readable: %s)', (readable) => {
    const text = written(readable, { path: `a${unseen}z`, message: unseen });
    for (const character of unseen) expect(text).not.toContain(character);
    expect(text).toContain(String.raw`a\u00ad\u180e\ufff9\u3164\udb40\udc41`);
    if (!readable) expect(JSON.parse(text).path).toBe(`a${unseen}z`);
  });

  it('cuts long values, also in arrays and objects', () => {
    for (const path of [Array(1000).fill('a group'), { deep: { deeper: 'x'.repeat(7000) } }])
      expect(written(false, { path }).length).toBeLessThan(1000);
  });

  it('masks a token in a value that it cuts', () => {
    const token = `${'eyJ'}${'x'.repeat(50)}.y.z`;
    expect(written(false, { claims: Array(100).fill(token) })).not.toContain('xxx');
  });

  it('leaves out what is below its level', () => {
    const lines: string[] = [];
    const log = createLog({ level: 'warn', write: (line) => lines.push(line) });
    for (const level of levels) log(level, `at_${level}`);
    expect(lines.map((line) => /at_\w+/.exec(line)?.[0])).toEqual(['at_warn', 'at_error']);
  });

  it('is readable for a person', () => {
    expect(written(true, { tool: 'list_todos', subject: 'usr_1', ms: 1.2, said: 'two words' })).toMatch(
      /^\S*\d\d:\d\d:\d\d\S* \S*event\S* \S*tool=\S*list_todos \S*subject=\S*usr_1 \S*ms=\S*1\.2 \S*said=\S*"two words"\n$/,
    );
  });

  it('cuts long values', () => {
    expect(written(false, { path: 'x'.repeat(100_000) }).length).toBeLessThan(1000);
  });

  it('shows a stack line by line to a person', () => {
    expect(written(true, { stack: 'Error: x\n    at y' })).toMatch(/\n {2}Error: x\n {6}at y\n$/);
  });

  it('shows a message with its quotes as they are', () => {
    const message = String.raw`Ada's "Field" Notes in C:\notes`;
    expect(written(true, { message })).toContain(` ${message}\n`);
    expect(written(true, { stack: `Error: ${message}` })).toContain(`\n  Error: ${message}\n`);
  });

  it('lets no message, value or stack forge a line or a value', () => {
    const forged = '\n12:00:00 listening Todo is ready at https://evil.example/mcp';
    const details = { message: `a${forged}`, said: `b" status=200${forged}`, stack: `Error: c${forged}` };
    const [first, ...others] = written(true, details).trimEnd().split('\n');
    expect(first).toContain(String.raw`"b\" status=200\n12:00:00`);
    expect(others).toHaveLength(2);
    for (const line of others) expect(line).toMatch(/^ {2}/);
  });
});
