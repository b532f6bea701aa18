// biome-ignore-all lint/suspicious/noTemplateCurlyInString: python-dotenv's references
import { parseEnv } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeEnv } from '../../src/project/env-file.ts';
import { assignmentsOf, setVariable, setVariables, variablesIn } from '../../src/project/env-text.ts';
import { nodesFaults } from './node-faults.ts';

const pem = '-----BEGIN KEY-----\nPORT=1\nMCP_URL=http://inside/\n-----END KEY-----';

/** What people write, and what editors make of it; each line sets at most one variable. */
const name = fc.constantFrom('PORT', 'MCP_URL', 'A', 'B_2', 'my-key', 'export C', 'D ');
const value = fc.oneof(
  fc.stringMatching(/^[\w:/. #\\'"`=${}-]{0,14}$/).map((text) => text.trimEnd()),
  fc.constantFrom(`"${pem}"`, `'${pem}'`, `\`${pem}\``, '"a # b" # c', 'x # c', '', "'it''s", '"unclosed'),
);
const line = fc.oneof(
  fc.tuple(name, fc.constantFrom('=', ' = ', '= '), value).map((parts) => parts.join('')),
  fc.stringMatching(/^#[ \w=]{0,12}$/),
  fc.constant(''),
);
const file = fc
  .tuple(fc.array(line, { maxLength: 6 }), fc.constantFrom('\n', '\r\n'))
  .map(([lines, newline]) => lines.map((each) => each.replaceAll('\n', newline) + newline).join(''))
  // A line that sets nothing (the end of a quote that another has closed) runs into the next name in Node 20, not in 22.
  .filter((text) => !nodesFaults.test(text))
  .filter((text) => !Object.keys(parseEnv(`${text}LAST=1\n`)).some((each) => each.includes('\n')));

describe('Node’s rules', () => {
  test('agree with util.parseEnv for every text', () => {
    fc.assert(
      fc.property(file, (text) => {
        expect(variablesIn(text)).toEqual({ ...parseEnv(text) });
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['a line without =', 'B: y\nC=z\n', { C: 'z' }],
    ['export and no value', 'export B=\nC=z\n', { B: '', C: 'z' }],
    ['only blanks behind the =', 'A=  \nB=2\n', { A: '', B: '2' }],
    ['tabs', '\tA\t=\t1\t\n', { A: '1' }],
    ['an open quote at the end', 'A="x', { A: '"x' }],
    ['an indented comment below another', '# a\n # B=1\n', {}],
    ['no name', '=1\nB=2\n', { B: '2' }],
  ])('are the same on every Node.js, although versions differ in %s', (_, text, expected) => {
    expect(variablesIn(text)).toEqual(expected);
  });

  test('a byte order mark before the first variable is not part of its name', () => {
    expect(variablesIn('\uFEFFPORT=1\n')).toEqual({ PORT: '1' });
  });

  test('each assignment is on its line', () => {
    const text = `# PORT=0\nKEY="${pem}"\nexport PORT='2' # ours\r\nMCP_URL=\n`;
    expect(
      assignmentsOf(text).map(({ name: said, line: at, hasSeveralLines }) => [said, at, hasSeveralLines]),
    ).toEqual([
      ['KEY', 2, true],
      ['PORT', 6, false],
      ['MCP_URL', 7, false],
    ]);
  });
});

/** Text and variables, as python-dotenv 1.2.4 reads them in an environment that has HOST=shell. */
const python: ReadonlyArray<readonly [string, Readonly<Record<string, string>>]> = [
  ['PORT=1\nMCP_URL=http://localhost:${PORT}/\n', { PORT: '1', MCP_URL: 'http://localhost:1/' }],
  ['A=${NO:-d}${NO}\n', { A: 'd' }],
  ['HOST=file\nA=${HOST}\n', { HOST: 'file', A: 'shell' }],
  ["A='${HOST}'\n", { A: 'shell' }],
  ['A=#x\nB=x#y\nC=x #y\nD= #y\n', { A: '#x', B: 'x#y', C: 'x', D: '' }],
  ['A=`x\ny`\nB=1\n', { A: '`x', B: '1' }],
  [`KEY="${pem}"\nPORT=2\n`, { KEY: pem, PORT: '2' }],
  ['A="a\\nb" # c\n', { A: 'a\nb' }],
  ["A='a\\nb\\''\n", { A: "a\\nb'" }],
  ['A="x" y\nB=1\n', { B: '1' }],
  ['A="unclosed\nB=1\n', { B: '1' }],
  ['export A = 1\n"B"=2\n\'C\'=3\nnothing\n', { A: '1', '"B"': '2', C: '3' }],
];

describe('python-dotenv’s rules', () => {
  test.each(python)('%j', (text, expected) => {
    expect(variablesIn(text, 'python', { HOST: 'shell' })).toEqual(expected);
  });

  test('what python-dotenv reads of a value is replaced with it', () => {
    expect(setVariable('A=x#y # c\n', 'A', 'z', 'python')).toBe('A=z # c\n');
    expect(setVariable('A=x#y # c\n', 'A', 'z', 'node')).toBe('A=z#y # c\n');
  });
});

describe('setting variables', () => {
  test('leaves a value of several lines as it is, whatever its lines look like', () => {
    const text = `KEY="${pem}"\n# the rest\nPORT=3000\n`;
    expect(setVariables(text, { PORT: '3002', MCP_URL: 'http://localhost:3002/' })).toBe(
      `KEY="${pem}"\n# the rest\nPORT=3002\nMCP_URL=http://localhost:3002/\n`,
    );
  });

  test('changes what Node reads for that variable, and nothing else', () => {
    fc.assert(
      fc.property(file, fc.constantFrom('PORT', 'MCP_URL', 'NEW'), (text, variable) => {
        const edited = setVariable(text, variable, 'http://localhost:3002/');
        expect({ ...parseEnv(edited) }).toEqual({
          ...parseEnv(text),
          [variable]: 'http://localhost:3002/',
        });
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['PORT=1', 'PORT=3002'],
    ['PORT=1 # ours', 'PORT=3002 # ours'],
    ['PORT= # ours', 'PORT=3002 # ours'],
    ['PORT="1"\t# ours', 'PORT="3002"\t# ours'],
    ["export PORT = '1'", "export PORT = '3002'"],
    ['PORT=1\r\nA=2\r\n', 'PORT=3002\r\nA=2\r\n'],
    ['A=2\r\n', 'A=2\r\nPORT=3002\r\n'],
    ['A=2', 'A=2\nPORT=3002\n'],
    ['', 'PORT=3002\n'],
    ['\uFEFFPORT=1\n', '\uFEFFPORT=3002\n'],
    ['\uFEFF', '\uFEFFPORT=3002\n'],
    ['PORT=1\nPORT=2\n', 'PORT=1\nPORT=3002\n'],
    ['PORT="1\n2"\nA=1\n', 'PORT="3002"\nA=1\n'],
  ])('%j becomes %j', (before, after) => {
    expect(setVariable(before, 'PORT', '3002')).toBe(after);
  });

  test.each(['a b', 'a#b', "it's", 'a\nb', '"quoted"', '\\n'])('quotes %j where it has to', (odd) => {
    expect(parseEnv(setVariable('', 'A', odd)).A).toBe(odd);
    expect(variablesIn(setVariable('', 'A', odd), 'python').A).toBe(odd);
  });
});

describe('bytes', () => {
  const bytes = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding);

  test.each([
    ['UTF-8', bytes('# ü\nPORT=1\n')],
    ['UTF-8 with a mark', bytes('\uFEFFPORT=1\n')],
    ['Latin-1', bytes('# \xfc\nPORT=1\n', 'latin1')],
  ])('of %s stay as they are, except for what is set', (_, before) => {
    const { text, encode } = decodeEnv(before);
    const after = Buffer.from(encode(setVariable(text, 'PORT', '22')));
    expect(after.toString('latin1')).toBe(before.toString('latin1').replace('PORT=1', 'PORT=22'));
  });

  test.each([
    ['as PowerShell writes it', Buffer.concat([Buffer.from([0xff, 0xfe]), bytes('PORT=1\r\n', 'utf16le')])],
    ['without a mark', bytes('PORT=1\r\n', 'utf16le')],
    ['the other way round', Buffer.concat([Buffer.from([0xfe, 0xff, 0, 0x50])])],
  ])('UTF-16 is refused by name: %s', (_, before) => {
    expect(() => decodeEnv(before)).toThrow('is in UTF-16: save it as UTF-8');
  });
});
