import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EnvOddity, mendOddLine, oddLinesOf } from '../../src/project/env-oddities.ts';
import { variablesIn } from '../../src/project/env-text.ts';

type Row = readonly [string, readonly EnvOddity[], (Readonly<Record<string, string>> | undefined)?];

/** As pasted or typed; the oddities; and what is read when all that can be mended is mended. */
const rows: readonly Row[] = [
  [
    'MCP_URL=http://localhost:3002/\u00a0\nA=1\n',
    ['invisible-value'],
    { MCP_URL: 'http://localhost:3002/', A: '1' },
  ],
  [
    'MCP_URL="\u200bhttp://localhost:3002/\u200b"\r\n',
    ['invisible-value'],
    { MCP_URL: 'http://localhost:3002/' },
  ],
  ['A=\u00a0\n', ['invisible-value'], { A: '' }],
  ['PORT\u00a0=3002\n', ['invisible-name'], { PORT: '3002' }],
  ['\u200bPORT=3002\n', ['invisible-name'], { PORT: '3002' }],
  ['PORT=1\n\ufeffA=2\n', ['invisible-name'], { PORT: '1', A: '2' }],
  ['\u00a0# PORT=3002\n', ['invisible-name'], {}],
  ['PORT\u00a0=\u00a03002\n', ['invisible-name', 'invisible-value'], { PORT: '3002' }],
  ['B: y\nC=z\n', ['colon'], { B: 'y', C: 'z' }],
  ['URL: postgres://h/d?a=b\n', ['colon'], { URL: 'postgres://h/d?a=b' }],
  ['export\tX=1\nset Y=2\n$env:Z="3"\n', ['prefix', 'prefix', 'prefix'], { X: '1', Y: '2', Z: '3' }],
  ['A=1\rB=2\rC=3', ['returns'], { A: '1', B: '2', C: '3' }],
  ['A=1\rB=2\r\nC=3\r\n', ['returns'], { A: '1', B: '2', C: '3' }],
  ['A=  \nB=2\n', ['only-blanks'], { A: '', B: '2' }],
  ['A="open\nB=2\n', ['open-quote']],
  ['A="open\nB="2"\n', ['open-quote']],
  ["A='x' y\n", ['after-quote']],
  ['A B=1\n', ['name']],
  ['"A"=1\n', ['name']],
  ['```env\nA=1\n```\n', ['nothing', 'nothing']],
  ['export A\n', ['nothing']],
];

const fine = [
  '',
  '\ufeffA=1\n',
  '# it’s a “comment”\u00a0\n \t# another: one\n\n\t\n',
  'export A=1\nB = 2 # c\n C=3\r\n',
  'A="a b" # c\nB=\'x\'\nC=`y`\nD=\n',
  'KEY="-----BEGIN\nA B: c\n-----END"\n',
  'NAME=Zoë’s Tools\nURL=https://a:b@c/?d=e#f\n',
  'A="  two blanks  "\nB="\tone tab"\n',
];

/** Mends from the bottom up, so that the numbers of lines stay. */
function mendAll(text: string): string {
  const again = oddLinesOf(text).findLast(({ isMendable }) => isMendable);
  if (again === undefined) return text;
  const mended = mendOddLine(text, again.line);
  return mended === undefined || mended === text ? text : mendAll(mended);
}

describe('odd lines', () => {
  test.each(rows.map(([text, oddities, read]) => ({ text, oddities, read })))(
    '$text',
    ({ text, oddities, read }) => {
      const first = oddLinesOf(text);
      const seen = [...new Set([...first, ...oddLinesOf(mendAll(text))].map(({ oddity }) => oddity))];
      expect(oddities).toEqual(expect.arrayContaining(seen));
      expect(first[0]?.oddity).toBe(oddities[0]);
      if (read === undefined) return expect(first.every(({ isMendable }) => !isMendable)).toBe(true);
      expect(oddLinesOf(mendAll(text))).toEqual([]);
      expect(variablesIn(mendAll(text))).toEqual(read);
    },
  );

  test.each(fine)('%j has no odd lines', (text) => {
    expect(oddLinesOf(text)).toEqual([]);
    expect(oddLinesOf(text, 'python').filter(({ oddity }) => oddity !== 'name')).toEqual([]);
  });

  test.each([
    ['PORT\u00a0=\u00a03002\u00a0\n', []],
    ['PORT\u200b=3002\n', ['invisible-name']],
    ['B: y\nC=z\n', ['colon']],
    ['A="x" y\nB="open\n', ['after-quote', 'open-quote']],
    ['set A=1\n', ['prefix']],
    ['A=1\rB=2\r', []],
  ])('by python-dotenv’s rules: %j', (text, oddities) => {
    expect(oddLinesOf(text, 'python').map(({ oddity }) => oddity)).toEqual(oddities);
  });

  test('each is mended without touching another line', () => {
    const any = fc.constantFrom(...rows.map(([text]) => text.split('\n')[0] ?? ''), 'OK=1', '# c', '');
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 5 }), (lines) => {
        const text = `${lines.join('\n')}\n`;
        for (const { line, oddity, isMendable } of oddLinesOf(text)) {
          const mended = mendOddLine(text, line);
          expect(mended !== undefined).toBe(isMendable);
          if (mended === undefined) continue;
          const others = (each: string) => each.split('\n').filter((_, index) => index !== line - 1);
          // Carriage returns inside a value of several lines all become line feeds.
          if (oddity === 'returns' || mended.includes('\r')) continue;
          expect(others(mended)).toEqual(expect.arrayContaining(others(text)));
        }
      }),
    );
  });
});
