import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteForShell } from '../../src/terminal/shell.ts';

test('what needs no quotes gets none', () => {
  expect(quoteForShell('http://localhost:3002/', 'linux')).toBe('http://localhost:3002/');
  expect(quoteForShell('todo:read,todo:write', 'linux')).toBe('todo:read,todo:write');
});

test('Windows shells get double quotes', () => {
  expect(quoteForShell('My "App"', 'win32')).toBe('"My \\"App\\""');
});

test.skipIf(process.platform === 'win32')('a POSIX shell reads back exactly what was quoted', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((each) => !each.includes('\0'));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (args) => {
      const line = args.map((each) => quoteForShell(each, 'linux')).join(' ');
      const out = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
      expect(out.split('\0').slice(0, -1)).toEqual(args);
    }),
    { numRuns: 40 },
  );
});
