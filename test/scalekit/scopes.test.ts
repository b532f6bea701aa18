import { describe, expect, test } from 'vitest';
import { checkScope, checkScopes, describeScope, readWritePair } from '../../src/scalekit/index.ts';
import { notesOf, outcome } from './outcome.ts';

describe('one scope', () => {
  test.each(['todo:read', 'todo', 'a', 'A_1', 'system:admin:all', ':', 'constructor', 'a'.repeat(64)])(
    '%s is one',
    (name) => {
      expect(checkScope(name)).toEqual({ ok: true, value: name, notes: [] });
    },
  );

  test.each([
    ['', 'empty', /empty/],
    ['a'.repeat(65), 'length', /65 characters/],
    ['todo-read', 'characters', /contains "-"$/],
    ['todo.read', 'characters', /contains "\."$/],
    ['todo read', 'characters', /contains a space$/],
    ['todo/read-all', 'characters', /contains "\/" and "-"$/],
    ['todo:réad', 'characters', /contains "é"$/],
    ['todo:read😀', 'characters', /contains "😀"$/],
    ['todo:read\n', 'characters', /contains "\\x0a"$/],
    ['todo:read\u200b', 'characters', /contains "\\u\{200b\}"$/],
    ['ｔodo', 'characters', /contains "ｔ"$/],
    ['openid', 'reserved', /authorization server/],
    ['offline_access', 'reserved', /authorization server/],
  ])('%j: %s', (name, code, reason) => {
    const checked = checkScope(name);
    expect(outcome(checked)).toBe(`✗ scope/${code}`);
    expect(checked).toMatchObject({ problem: { reason: expect.stringMatching(reason) } });
  });

  test('case counts: OpenID is a scope like any other', () => {
    expect(outcome(checkScope('OpenID'))).toBe('OpenID');
  });
});

describe('a list of scopes', () => {
  test.each([
    ['todo:read,todo:write', ['todo:read', 'todo:write']],
    ['todo:read todo:write', ['todo:read', 'todo:write']],
    [' todo:read ,\n\ttodo:write, ', ['todo:read', 'todo:write']],
    [
      ['b', 'a'],
      ['b', 'a'],
    ],
  ])('%j', (list, names) => {
    expect(checkScopes(list)).toEqual({ ok: true, value: names, notes: [] });
  });

  test('a scope written twice is kept once, with one note', () => {
    const checked = checkScopes('b a b b a');
    expect(outcome(checked)).toEqual(['b', 'a']);
    expect(notesOf(checked)).toEqual(['Duplicate scopes removed: b, a.']);
  });

  test.each([
    ['', 'scopes/empty'],
    [' , ', 'scopes/empty'],
    [[], 'scopes/empty'],
    [[''], 'scope/empty'],
    [['todo:read todo:write'], 'scope/characters'],
    [['todo:read,todo:write'], 'scope/characters'],
    ['todo:read;todo:write', 'scope/characters'],
    ['todo:read openid', 'scope/reserved'],
  ])('%j: %s', (list, code) => {
    expect(outcome(checkScopes(list))).toBe(`✗ ${code}`);
  });
});

describe('the pair that guards the todo tools', () => {
  test.each([
    [['todo:read', 'todo:write'], 'todo'],
    [['todo:write', 'todo:read'], 'todo'],
    [['x', 'a:read', 'b:read', 'b:write'], 'b'],
    [['b:read', 'a:read', 'a:write', 'b:write'], 'b'],
    [['team:todo:read', 'team:todo:write'], 'team:todo'],
  ])('%j: %s', (scopes, stem) => {
    expect(readWritePair(scopes)).toEqual({ read: `${stem}:read`, write: `${stem}:write` });
  });

  test.each([
    [[]],
    [['todo:read']],
    [['todo:write']],
    [['a:read', 'b:write']],
    [['todo_read', 'todo_write']],
    [['read', 'write']],
    [['a:Read', 'a:Write']],
  ])('%j has no pair', (scopes) => {
    expect(readWritePair(scopes)).toBeUndefined();
  });
});

test.each([
  ['todo:read', 'Read todo'],
  ['todo:write', 'Create, change and delete todo'],
  ['system:admin', 'Administer system'],
  ['team:todo:read', 'Read team todo'],
  ['bank_account:close', 'Close bank account'],
  ['todo:bulk_import', 'Bulk import todo'],
  ['todo', 'Use todo'],
  ['todo:', 'Use todo:'],
  [':read', 'Use :read'],
  ['__:read', 'Use __:read'],
  ['todo:_', 'Use todo:_'],
  [':', 'Use :'],
])('%s is described as "%s"', (scope, description) => {
  expect(describeScope(scope)).toBe(description);
});
