import { toolCall } from '../../../support/messages.ts';
import type { AttackCase, Expectation } from '../types.ts';
import { slug } from './shorthand.ts';

/** An ordinary answer: "not found", a validation error, or a harmless result; never a crash (judge.ts sees to the rest). */
const ordinary: Expectation = {
  status: [200, 400],
  call: 'either',
  also: (_, answer) =>
    /root:x:|polluted|SQLITE|syntax error|Unterminated|Cannot read|is not a function/i.test(answer.body)
      ? 'it did what it was told'
      : undefined,
};

/** The same, but the todo may also be missing. */
const notFound: Expectation = { status: [200, 400], call: 'refused' };

/** @param args some are wrong on purpose, and not even objects. */
const calling = (name: string, args: unknown) => JSON.stringify(toolCall(name, args as object));

/** Ids that no todo has. */
const ids: ReadonlyArray<readonly [name: string, id: unknown]> = [
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['prototype', 'prototype'],
  ['toString', 'toString'],
  ['hasOwnProperty', 'hasOwnProperty'],
  ['empty', ''],
  ['NUL', '\u0000'],
  ['a path', '../../../../etc/passwd'],
  ['an encoded path', '..%2f..%2fetc%2fpasswd'],
  ['SQL', "' OR '1'='1"],
  ['SQL that drops', "1'; DROP TABLE todos; --"],
  ['a command', '$(touch /tmp/pwned)'],
  ['a template', '{{constructor.constructor("return process")()}}'],
  ['HTML', '<img src=x onerror=alert(1)>'],
  ['CR and LF', 'a\r\nSet-Cookie: a=b'],
  ['a terminal escape', '\u001b[2J\u001b]0;x\u0007'],
  ['right to left', '\u202e\u05d0'],
  ['half a surrogate pair', '\ud800'],
  ['60 KB', 'x'.repeat(60_000)],
  ['a number', 1],
  ['true', true],
  ['null', null],
  ['a list', ['a']],
  ['an object', { $ne: null }],
  ['an object with length', { length: 1e9 }],
];

const tools = ['get_todo', 'update_todo', 'delete_todo'];

const byId: readonly AttackCase[] = tools.flatMap((tool) =>
  ids.map(([name, id]) => ({
    id: `arguments/${tool.replaceAll('_', '-')}-${slug(name)}`,
    title: `a good token: ${tool}, todo_id is ${name}`,
    source: 'house rule',
    needs: 'token',
    attack: async (kit) => ({
      token: await kit.token(),
      body: calling(tool, { todo_id: id }),
    }),
    expect: notFound,
  })),
);

/** Arguments of the tool that writes, and their acceptable outcomes. */
const values: ReadonlyArray<
  readonly [name: string, args: Readonly<Record<string, unknown>>, expect?: Expectation]
> = [
  ['none', {}, notFound],
  ['a title that is a number', { title: 1 }, notFound],
  ['a title that is a list', { title: ['a'] }, notFound],
  ['a title that is an object', { title: { toString: 'a' } }, notFound],
  ['a title that is null', { title: null }, notFound],
  ['a title of 60 KB', { title: 't'.repeat(60_000) }, ordinary],
  ['a title of control characters', { title: '\u0000\u0001\u0002\u001b[31m\r\n' }],
  ['a title of half a surrogate pair', { title: '\ud800\udfff\ud800' }],
  ['a title of HTML', { title: '</script><script>alert(1)</script>' }],
  ['a description that is a number', { title: 'a', description: 1 }, notFound],
  ['an owner', { title: 'a', owner: 'usr_2', sub: 'usr_2', user_id: 'usr_2', user: 'usr_2' }],
  ['an id of its own', { title: 'a', id: 'attack', todo_id: 'attack' }],
  [
    '1,000 unknown arguments',
    Object.fromEntries([['title', 'a'], ...Array.from({ length: 1000 }, (_, i) => [`k${i}`, i])]),
  ],
  ['a list of 10,000', { title: 'a', description: 'b', list: Array.from({ length: 10_000 }, (_, i) => i) }],
];

const written: readonly AttackCase[] = values.map(([name, args, expect]) => ({
  id: `arguments/create-todo-${slug(name)}`,
  title: `a good token: create_todo, arguments: ${name}`,
  source: 'OWASP MCP Top 10; MCP tools, "inputs validated"',
  needs: 'token',
  attack: async (kit) => ({
    token: await kit.token(),
    body: calling('create_todo', args),
  }),
  expect: expect ?? ordinary,
}));

/** `arguments` itself. */
const shapes: ReadonlyArray<readonly [name: string, args: unknown]> = [
  ['null', null],
  ['a list', []],
  ['a string', 'title=a'],
  ['a number', 1],
];

const odd: readonly AttackCase[] = shapes.map(([name, args]) => ({
  id: `arguments/are-${slug(name)}`,
  title: `a good token: arguments is ${name}`,
  source: 'MCP tools, "inputs validated"',
  needs: 'token',
  attack: async (kit) => ({
    token: await kit.token(),
    body: calling(kit.target.writeTool.name, args),
  }),
  expect: { status: [200, 400], call: 'either' },
}));

/** Arguments of the todo tools. */
export const todoArgumentCases: readonly AttackCase[] = [...byId, ...written];

/** Arguments of any tool. */
export const argumentCases: readonly AttackCase[] = odd;
