import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isForPowerShell, quoteForShell } from '../../src/terminal/shell.ts';

test('nothing is quoted without need', () => {
  expect(quoteForShell('http://localhost:3002/', 'linux')).toBe('http://localhost:3002/');
  expect(quoteForShell('todo:read,todo:write', 'linux')).toBe('todo:read,todo:write');
});

describe('on Windows, in cmd and PowerShell alike', () => {
  test.each([
    ['My App', '"My App"'],
    ["Bob's", '"Bob\'s"'],
    ['a & b | c > d ^ e', '"a & b | c > d ^ e"'],
    ['todo:read,todo:write', '"todo:read,todo:write"'],
  ])('%s is %s', (text, quoted) => {
    expect(quoteForShell(text, 'win32')).toBe(quoted);
    expect(isForPowerShell(text, 'win32')).toBe(false);
  });

  test.each([
    ['$(calc)', "'$(calc)'"],
    ['$env:PATH', "'$env:PATH'"],
    ['`whoami`', "'`whoami`'"],
    ["it's $x", "'it''s $x'"],
    ['%PATH%', "(''+[char]37+'PATH'+[char]37)"],
    ['My "App"', "(''+'My '+[char]34+'App'+[char]34)"],
    ['$x & calc', "(''+'$x '+[char]38+' calc')"],
  ])('%s is quoted for PowerShell: %s', (text, quoted) => {
    expect(quoteForShell(text, 'win32')).toBe(quoted);
    expect(isForPowerShell(text, 'win32')).toBe(true);
  });

  test('cmd finds nothing to expand or run in quoted text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const quoted = quoteForShell(text, 'win32');
        // Inside double quotes cmd only replaces %NAME% (and !NAME!); outside them it acts on the rest, too.
        if (!isForPowerShell(text, 'win32')) expect(quoted.slice(1, -1)).not.toMatch(/[%!"]/);
        else expect(quoted).not.toMatch(/[%!&|<>^"\r\n]/);
      }),
    );
  });
});

test.skipIf(process.platform === 'win32')('a POSIX shell reads quoted text back unchanged', () => {
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
