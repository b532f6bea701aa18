import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { changeFiles } from '../../src/project/change-files.ts';
import { addNothing, directory, edit, makeProject, snapshot } from './add-project.ts';

/** What `scalekit-mcp add` refuses, without changing a file, and how it takes back what it has begun. */

beforeEach(() => makeProject('todo'));

describe('nothing is written', () => {
  const tool = ['tool', 'archive_todo', '--scopes', 'todo:archive', '--yes'] as const;

  test('with --dry-run, which shows the lines', async () => {
    const { code, stdout } = await addNothing(
      'tool',
      'archive_todo',
      '--scopes',
      'todo:archive',
      '--dry-run',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('new      src/tools/archive-todo.ts');
    expect(stdout).toContain("+ 'todo:archive': 'Archive todo',");
  });

  test('without a terminal and without --yes: exit 2 and the commands', async () => {
    const { code, stderr } = await addNothing('tool', 'archive_todo', '--scopes', 'todo:archive');
    expect(code).toBe(2);
    expect(stderr).toContain('scalekit-mcp add tool archive_todo --scopes todo:archive --yes');
  });

  test.each([
    [['secret', 'x'], /secret\n {4}expected tool, resource, prompt or scope/],
    [[], /expected tool, resource, prompt or scope/],
    [['resource', 'x'], /--scopes is missing.*this resource/],
    [['prompt', 'sumUp', '--scopes', 'todo:read'], /no name of a prompt: sumUp\n {4}expected sum_up/],
    [['tool'], /<name> is missing/],
    [['tool', 'archive_todo'], /--scopes is missing/],
    [['tool', 'archive-todo', '--scopes', 'todo:read'], /archive-todo\n {4}expected archive_todo/],
    [['tool', 'archiveTodo', '--scopes', 'todo:read'], /expected archive_todo/],
    [['tool', '../x', '--scopes', 'todo:read'], /expected x /],
    [['tool', 'a'.repeat(65), '--scopes', 'todo:read'], /65 characters/],
    [['tool', 'archive', 'todo', '--scopes', 'todo:read'], /more: todo/],
    [['tool', 'archive_todo', '--scopes', 'todo-read'], /--scopes: A scope contains "-"/],
    [['tool', 'archive_todo', '--scopes', ''], /--scopes: No scope was given/],
    [['tool', 'archive_todo', '--scopes', 'openid'], /belongs to the authorization server/],
    [['scope', 'todo-archive'], /A scope contains "-"/],
    [['scope', 'a'.repeat(65)], /65 characters/],
    [['scope', 'a:b', 'x\u001b[31m'], /nobody sees: x\\x1b/],
    [['scope', 'todo:archive', '--scopes', 'todo:read'], /a scope needs none/],
  ])('%j: exit 2', async (args, message) => {
    const { code, stderr } = await addNothing(...args, '--yes');
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  test.each([
    [
      ['tool', 'create_todo', '--scopes', 'todo:read'],
      /create_todo is there already: src\/tools\/create-todo\.ts/,
    ],
    [['scope', 'todo:read'], /todo:read is there already: src\/scopes\.ts, line \d/],
  ])('%j: it exists already', async (args, message) => {
    const { code, stderr } = await addNothing(...args, '--yes');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(message) });
  });

  test('a tool of this name in another file', async () => {
    await writeFile(join(directory, 'src/tools/other.ts'), 'export const x = { name: "archive_todo" };\n');
    expect(await addNothing(...tool)).toMatchObject({ code: 1, stderr: expect.stringContaining('other.ts') });
  });

  test.each<[string, string, (text: string) => string]>([
    ['a mark is gone', 'src/tools/index.ts', (text) => text.replace(/^.*tools go above.*\n/m, '')],
    ['a mark occurs twice', 'src/tools/index.ts', (text) => text.replace(/^.*imports go above.*\n/m, '$&$&')],
    [
      'a comma is missing',
      'src/tools/index.ts',
      (text) => text.replace('deleteTodo,\n  //', 'deleteTodo\n  //'),
    ],
    ['the variable is there', 'src/tools/index.ts', (text) => `${text}const archiveTodo = 1;\n`],
    ['the scopes are computed', 'src/scopes.ts', (text) => text.replace("'todo:read':", '...more, ')],
    ['there are two lists', 'src/scopes.ts', (text) => `${text}defineScopes({});\n`],
    ['the support is another', 'test/support.ts', () => 'export {};\n'],
  ])('%s: it says what to add by hand', async (_, path, change) => {
    await edit(path, change);
    const { code, stderr } = await addNothing(...tool);
    expect(code).toBe(1);
    expect(stderr).toContain(`error: ${path} has`);
    for (const part of [
      "'todo:archive': 'Archive todo',",
      "import { archiveTodo } from './archive-todo.ts';",
      '    archiveTodo,',
      'src/tools/archive-todo.ts, a new file:',
      'test/archive-todo.test.ts, a new file:',
    ])
      expect(stderr).toContain(part);
  });

  test('outside a project, and in a Python project that is not ours', async () => {
    await rm(join(directory, 'tsconfig.json'));
    expect(await addNothing(...tool)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no project in'),
    });
    await writeFile(join(directory, 'server.py'), '');
    const { code, stderr } = await addNothing(...tool);
    expect(code).toBe(1);
    expect(stderr).toContain('tools/__init__.py is not there, so nothing was written. By hand:');
    expect(stderr).toContain('async def archive_todo(');
  });
});

describe('changes of files', () => {
  test('are all taken back, folders too, if one fails', async () => {
    const before = await snapshot();
    const writes = new Map([
      ['README.md', 'new'],
      ['new/folder/file.ts', 'new'],
      ['package.json/x', 'new'],
    ]);
    expect(() => changeFiles(directory, { writes, removes: ['tsconfig.json'] }, 'x')).toThrow(
      /package\.json\/x cannot be written \(E\w+\)\. The project is unchanged\./,
    );
    expect(await snapshot()).toEqual(before);
    expect(await readdir(directory)).not.toContain('new');
  });

  test('take the folders with them that they leave empty', async () => {
    const writes = new Map(['a/b/one.ts', 'a/b/c/two.ts', 'a/three.ts'].map((path) => [path, '']));
    changeFiles(directory, { writes }, 'x');
    changeFiles(directory, { writes: new Map(), removes: ['a/b/c/two.ts', 'a/b/one.ts', 'a/gone/x'] }, 'x');
    expect(await readdir(join(directory, 'a'))).toEqual(['three.ts']);
    changeFiles(directory, { writes: new Map(), removes: ['a/three.ts'] }, 'x');
    expect(await readdir(directory)).not.toContain('a');
  });
});
