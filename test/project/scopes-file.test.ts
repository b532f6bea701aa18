import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listScopes } from '../../src/create/languages/typescript/source.ts';
import { loadTemplates } from '../../src/create/packed.ts';
import { declaredScopes, readBaseScopes, readScopesFile } from '../../src/project/scopes-file.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const file = (list: string) =>
  `import { defineScopes } from 'scalekit-mcp-server';\n\nexport const { scopes, tool } = defineScopes({\n${list}});\n`;

describe('the list of scopes', () => {
  test('is read with names, descriptions and lines', () => {
    expect(readScopesFile(file("  'todo:read': 'Read your todos',\n  'todo:write': \"Don't\",\n"))).toEqual([
      { name: 'todo:read', description: 'Read your todos', line: 4 },
      { name: 'todo:write', description: "Don't", line: 5 },
    ]);
  });

  test.each([
    ['bare names', 'admin: "All",', [['admin', 'All']]],
    ['names in brackets', "['__proto__']: 'Odd',", [['__proto__', 'Odd']]],
    ['no comma at the end', "'a:b': 'One'", [['a:b', 'One']]],
    [
      'may have braces and commas in its descriptions',
      "'a': 'One }), {x}',\n'b': 'Two',",
      [
        ['a', 'One }), {x}'],
        ['b', 'Two'],
      ],
    ],
    ['escapes', String.raw`'a': 'It\'s \\ "so" \u00e9',`, [['a', 'It\'s \\ "so" é']]],
    ['lines that a formatter broke', "'a':\n    'Long',", [['a', 'Long']]],
    ['comments', "// 'x': 'no',\n/* 'y': 'no', */ 'a': 'A', // 'z': 'no',\n", [['a', 'A']]],
    ['a template literal', "'a': `A`,", [['a', 'A']]],
    ['nothing', '', []],
  ])('may have %s', (_name, list, expected) => {
    expect(readScopesFile(file(list))?.map(({ name, description }) => [name, description])).toEqual(expected);
  });

  test.each([
    ['no list', "export const scopes = ['a'];"],
    ['a list from elsewhere', "defineScopes({ ...others, 'a': 'A' });"],
    ['a value that is no text', "defineScopes({ 'a': describe('a') });"],
    ['a list without an end', "defineScopes({ 'a': 'A',"],
  ])('is unknown rather than guessed: %s', (_name, text) => {
    expect(readScopesFile(text)).toBeUndefined();
  });

  test('is read as it is written', () => {
    const source = loadTemplates('typescript').files.get('typescript/base/src/scopes.ts') ?? '';
    const names = fc.uniqueArray(fc.stringMatching(/^[a-zA-Z0-9_:]{1,64}$/), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(names, (scopes) => {
        const listed = readScopesFile(listScopes(source, scopes));
        expect(listed?.map(({ name }) => name)).toEqual(scopes);
      }),
    );
  });
});

const pair = [
  { name: 'todo:read', description: 'Read your todos' },
  { name: 'todo:write', description: 'Create, change and delete your todos' },
];

describe('scopes in source of another form', () => {
  test.each([
    [
      'as a call, descriptions on the next line, comments between',
      `export const { scopes } = defineScopes({\n  // reading\n  'todo:read': 'Read your todos', /* and */\n  'todo:write':\n    'Create, change and delete your todos',\n});\n`,
    ],
    [
      'as a typed constant',
      `export const scopes: Record<string, string> = {\n  "todo:read": "Read your todos",\n  "todo:write": "Create, change and delete your todos",\n};\n`,
    ],
    [
      'in Python',
      `SCOPES = {\n    # reading\n    "todo:read": "Read your todos",\n    "todo:write": "Create, change and delete your todos",\n}\n`,
    ],
    [
      'on one line, with other objects behind it',
      `export const scopes = { 'todo:read': 'Read your todos', 'todo:write': 'Create, change and delete your todos' } as const;\nexport const other = {\n  'x:y': 'z',\n};\n`,
    ],
  ])('%s', (_title, text) => {
    expect(declaredScopes(text)).toMatchObject(pair);
  });

  test('quotes, braces and commas inside a description stay', () => {
    expect(declaredScopes(`const scopes = {\n  a: 'It\\'s {so}, or not',\n};`)).toMatchObject([
      { name: 'a', description: "It's {so}, or not" },
    ]);
  });

  test.each([
    '',
    'export const scopes = {};',
    "const scopes = { a: 'A', ...others };",
    "const impliedScopes = { 'a': ['b'] };",
    'scopes',
  ])('no scopes are found in %o', (text) => {
    expect(declaredScopes(text)).toEqual([]);
  });
});

describe('readBaseScopes', () => {
  const python = 'SCOPES = {\n    "a": "A",\n    "b": "B",\n}\n\n# The scopes (all of them).\nscopes = ';
  test.each([
    ["defineScopes({ 'a': 'A', 'b': 'B' });", 'src/scopes.ts', ['a', 'b']],
    ["defineScopes({ 'a': 'A', 'b': 'B' }, { base: ['b'] });", 'src/scopes.ts', ['b']],
    [`${python}Scopes(SCOPES)\n`, 'scopes.py', ['a', 'b']],
    [`${python}Scopes(SCOPES, base=["b"], implied={"b": ["a"]})\n`, 'scopes.py', ['b']],
    [
      `${python}Scopes(\n    SCOPES,\n    implied={"b": ["a"]},\n    base=[\n        "b",\n    ],\n)\n`,
      'scopes.py',
      ['b'],
    ],
  ])('%s', async (text, file, base) => {
    const directory = await temporaryDirectory();
    const isPython = file.endsWith('.py');
    const others = isPython ? ['server.py'] : ['package.json', 'tsconfig.json'];
    await mkdir(join(directory, 'src'));
    for (const name of others) await writeFile(join(directory, name), '{}');
    await writeFile(join(directory, file), text);
    expect(readBaseScopes(directory)).toEqual(base);
  });
});
