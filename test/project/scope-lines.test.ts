import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { declaredScopes } from '../../src/project/scope-lines.ts';
import { repository } from '../support/repository.ts';

const pair = [
  { name: 'todo:read', description: 'Read your todos' },
  { name: 'todo:write', description: 'Create, change and delete your todos' },
];

describe('the scopes that a project declares', () => {
  test('of the template', () => {
    const files = ['templates/base/src/scopes.ts', 'templates/typescript/base/src/scopes.ts'];
    const texts = files.flatMap((file) => {
      try {
        return [readFileSync(join(repository, file), 'utf8')];
      } catch {
        return [];
      }
    });
    expect(texts.map(declaredScopes)).toEqual([pair]);
  });

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
    expect(declaredScopes(text)).toEqual(pair);
  });

  test('quotes, braces and commas inside a description stay', () => {
    expect(declaredScopes(`const scopes = {\n  a: 'It\\'s {so}, or not',\n};`)).toEqual([
      { name: 'a', description: "It's {so}, or not" },
    ]);
  });

  test.each(['', 'export const scopes = {};', "const impliedScopes = { 'a': ['b'] };", 'scopes'])(
    'none in %o',
    (text) => {
      expect(declaredScopes(text)).toEqual([]);
    },
  );
});
