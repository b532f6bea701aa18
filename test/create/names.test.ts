import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { languages } from '../../src/create/languages/index.ts';
import { displayNameOf, packageNameOf } from '../../src/create/names.ts';
import { checkDirectory, checkName } from '../../src/create/rules.ts';
import { hardName } from './hard-names.ts';

const taken = languages.flatMap((each) => each.takenNames);

const anyText = fc.string({ unit: 'grapheme', maxLength: 60 });

describe('package names', () => {
  test.each([
    ['todo-mcp', 'todo-mcp'],
    ['My App!', 'my-app'],
    ['Überraschung', 'uberraschung'],
    ['..hidden', 'hidden'],
    ['日本語', 'mcp-server'],
    ['🙂', 'mcp-server'],
    ['', 'mcp-server'],
    ['zod', 'zod-server'],
    ['scalekit-mcp', 'scalekit-mcp-server'],
    ['typescript', 'typescript-server'],
    ['node_modules', 'node_modules-server'],
    ["it's", 'it-s'],
  ])('of %j is %j', (folder, name) => {
    expect(packageNameOf(folder, taken)).toBe(name);
  });

  test('are what npm takes, for any folder', () => {
    fc.assert(
      fc.property(anyText, (folder) => {
        expect(packageNameOf(folder, taken)).toMatch(/^[a-z0-9](?:[a-z0-9._-]{0,212}[a-z0-9])?$/);
      }),
    );
  });
});

describe('display names', () => {
  test.each([
    ['todo-mcp', 'Todo MCP'],
    ['my_api.server', 'My API Server'],
    ['ünder', 'Ünder'],
    ['---', 'MCP Server'],
  ])('of %j is %j', (folder, name) => {
    expect(displayNameOf(folder)).toBe(name);
  });

  test('derived from any folder are valid', () => {
    fc.assert(
      fc.property(anyText, (folder) => {
        if (checkDirectory(folder).ok) expect(checkName(displayNameOf(folder.trim())).ok).toBe(true);
      }),
    );
  });
});

describe('the rule for names', () => {
  test.each([
    'Todo "MCP"',
    hardName,
    '\\n \\u0000 \\',
    '🙂 👩‍👩‍👧 日本語',
    'مهام العبرية עברית',
    'n'.repeat(200),
    '🙂'.repeat(200),
  ])('%j is a name', (name) => {
    expect(checkName(name)).toMatchObject({ ok: true, value: name });
  });

  test.each([
    ['', 'name/empty'],
    ['  ', 'name/empty'],
    ['two\nlines', 'name/characters'],
    ['a\u0000b', 'name/characters'],
    ['a\u001b[31mb', 'name/characters'],
    ['a\u2028b', 'name/characters'],
    ['a\u202eb', 'name/characters'],
    ['\ud800', 'name/encoding'],
    ['n'.repeat(201), 'name/length'],
  ])('%j is not a name: %s', (name, code) => {
    expect(checkName(name)).toMatchObject({ ok: false, problem: { code } });
  });
});
