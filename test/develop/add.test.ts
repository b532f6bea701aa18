import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { loadTemplates } from '../../src/create/packed.ts';
import { plan } from '../../src/create/plan.ts';
import { runToExitCode } from '../../src/program/run.ts';
import { scalekitMcp } from '../../src/program/toolbox.ts';
import { changeFiles } from '../../src/project/change-files.ts';
import { addToScopesFile, readScopesFile } from '../../src/project/scopes-file.ts';
import { cases } from '../create/snapshot-cases.ts';
import { testContext } from '../program/test-context.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** `scalekit-mcp add` on generated projects, as files; test/develop/add.slow.test.ts runs what it writes. */

let directory: string;

async function makeProject(name: 'todo' | 'blank'): Promise<void> {
  const example = cases[name];
  if (example === undefined) throw new Error(name);
  directory = await temporaryDirectory();
  for (const { path, content } of await plan({ ...example, templates: loadTemplates('typescript') })) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}

async function add(...args: readonly string[]) {
  const { context, written } = testContext({ cwd: directory });
  const code = await runToExitCode(scalekitMcp, ['add', ...args], context);
  return { code, ...written() };
}

const read = (path: string) => readFile(join(directory, path), 'utf8');

async function edit(path: string, change: (text: string) => string): Promise<void> {
  await writeFile(join(directory, path), change(await read(path)));
}

/** Every file of the project with its text. */
async function snapshot(): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (path) => [path, await readFile(path, 'utf8')] as const)));
}

/** Runs the command, and expects that no file has changed. */
async function addNothing(...args: readonly string[]) {
  const before = await snapshot();
  const result = await add(...args);
  expect(await snapshot()).toEqual(before);
  return result;
}

beforeEach(() => makeProject('todo'));

describe('a tool', () => {
  test('is a file, two lines of the list, its new scopes, its rows in the README and a test', async () => {
    const { code, stdout } = await add(
      'tool',
      'archive_todo',
      '--scopes',
      'todo:read,todo:archive',
      '--yes',
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      exitCode: 0,
      kind: 'tool',
      name: 'archive_todo',
      written: [
        'src/scopes.ts',
        'src/tools/archive-todo.ts',
        'src/tools/index.ts',
        'test/archive-todo.test.ts',
        'README.md',
        '.mcp.json',
      ],
      scopes: [{ name: 'todo:archive', description: 'Archive todo' }],
      notes: [
        /by itself/,
        /scalekit-mcp connect/,
        /scalekit-mcp register.*dashboard|scalekit-mcp register.*MCP Servers/,
      ].map((each) => expect.stringMatching(each)),
    });
    expect(await read('src/scopes.ts')).toContain("your todos',\n  'todo:archive': 'Archive todo',\n});");
    expect(await read('.mcp.json')).toContain('"todo:read todo:write todo:archive offline_access"');
    const index = await read('src/tools/index.ts');
    expect(index).toContain("import { archiveTodo } from './archive-todo.ts';\n// scalekit-mcp add: imports");
    expect(index).toContain('  deleteTodo,\n  archiveTodo,\n  // scalekit-mcp add: tools');
    expect(await read('src/tools/archive-todo.ts')).toContain("scopes: ['todo:read', 'todo:archive']");
    const readme = await read('README.md');
    expect(readme).toContain('\n| `archive_todo(message?)` | `todo:read`, `todo:archive` |\n\nTodos belong');
    expect(readme).toContain('your todos |\n| `todo:archive` | Archive todo |\n\nThey are listed');
  });

  test('with scopes that are there changes neither their list nor what Scalekit has to know', async () => {
    const before = await read('src/scopes.ts');
    const { code, stdout } = await add('tool', 'count_todos', '--scopes', 'todo:read', '--yes', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ scopes: [], notes: [], next: ['npm test'] });
    expect(await read('src/scopes.ts')).toBe(before);
    expect(await read('src/tools/count-todos.ts')).toContain('readOnlyHint: true');
  });

  test.each([
    ['delete', 'delete-tool', 'deleteTool'],
    ['com7', 'com7-tool', 'com7Tool'],
    ['index', 'index-tool', 'indexTool'],
  ])('%s keeps its name; its file is %s', async (name, file, identifier) => {
    expect(await add('tool', name, '--scopes', 'todo:read', '--yes')).toMatchObject({ code: 0 });
    expect(await read(`src/tools/${file}.ts`)).toContain(
      `export const ${identifier} = tool({\n  name: '${name}',`,
    );
  });

  test('changes no client file in which its owner has chosen the scopes', async () => {
    await edit('.mcp.json', (text) => text.replace('todo:write ', ''));
    const before = await read('.mcp.json');
    expect(await add('tool', 'archive_todo', '--scopes', 'todo:archive', '--yes')).toMatchObject({ code: 0 });
    expect(await read('.mcp.json')).toBe(before);
  });

  test('leaves a test alone that has its name', async () => {
    const before = await read('test/walk.test.ts');
    expect(await add('tool', 'walk', '--scopes', 'todo:read', '--yes')).toMatchObject({ code: 0 });
    expect(await read('test/walk.test.ts')).toBe(before);
    expect(await read('test/walk-tool.test.ts')).toContain("describe('walk'");
  });

  test('keeps the line ends of every file', async () => {
    const paths = ['src/scopes.ts', 'src/tools/index.ts', 'README.md'];
    for (const path of paths) await edit(path, (text) => text.replaceAll('\n', '\r\n'));
    expect(await add('tool', 'archive_todo', '--scopes', 'todo:archive', '--yes')).toMatchObject({ code: 0 });
    for (const path of paths) {
      const text = await read(path);
      expect(text.replaceAll('\r\n', ''), path).not.toContain('\n');
      expect(text, path).toMatch(/archive/);
    }
  });

  test('imports what its test starts from as the ejected ones do', async () => {
    await edit('test/support.ts', (text) =>
      text.replace('scalekit-mcp-server/testing', '../src/protect/testing/index.ts'),
    );
    expect(await add('tool', 'archive_todo', '--scopes', 'todo:write', '--yes')).toMatchObject({ code: 0 });
    expect(await read('test/archive-todo.test.ts')).toContain(
      "import { denials } from '../src/protect/testing/index.ts';",
    );
  });

  test('leaves a README alone that is the owner’s by now', async () => {
    await writeFile(join(directory, 'README.md'), '# Mine\n\n| tool | scope |\n|---|---|\n');
    expect(await add('tool', 'archive_todo', '--scopes', 'todo:archive', '--yes')).toMatchObject({ code: 0 });
    expect(await read('README.md')).toBe('# Mine\n\n| tool | scope |\n|---|---|\n');
  });
});

describe.each([
  { kind: 'resource', list: 'resources', name: 'weekly_report', uses: 'weekly-report://1' },
  { kind: 'prompt', list: 'prompts', name: 'sum_up', uses: "server.prompt('sum_up'" },
] as const)('a $kind', ({ kind, list, name, uses }) => {
  const file = name.replace('_', '-');
  const identifier = name === 'sum_up' ? 'sumUp' : 'weeklyReport';
  const request = [kind, name, '--scopes', 'todo:read,todo:archive'] as const;

  test('is a file, a list of its own that the server and its tests get, its scopes and a test', async () => {
    const { code, stdout } = await add(...request, '--yes', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      kind,
      name,
      written: [
        'src/scopes.ts',
        `src/${list}/${file}.ts`,
        `src/${list}/index.ts`,
        'src/main.ts',
        'test/support.ts',
        `test/${file}.test.ts`,
        'README.md',
        '.mcp.json',
      ],
      scopes: [{ name: 'todo:archive' }],
    });
    const index = await read(`src/${list}/index.ts`);
    expect(index).toContain(`import { ${identifier} } from './${file}.ts';\n// scalekit-mcp add: imports`);
    expect(index).toContain(`  ${identifier},\n  // scalekit-mcp add: ${list}`);
    const main = await read('src/main.ts');
    expect(main).toContain(`tools/index.ts';\nimport { ${list} } from './${list}/index.ts';\n`);
    expect(main).toContain(`  tools,\n  ${list},\n});`);
    expect(await read('test/support.ts')).toContain(`tools, ${list}, services: { todos }`);
    expect(await read(`src/${list}/${file}.ts`)).toContain("scopes: ['todo:read', 'todo:archive']");
    expect(await read(`test/${file}.test.ts`)).toContain(uses);
    for (const path of [`src/${list}/${file}.ts`, `test/${file}.test.ts`])
      expect((await read(path)).toLowerCase(), path).not.toContain('example');
  });

  test('is a line of the list where there is one', async () => {
    expect(await add(...request, '--yes')).toMatchObject({ code: 0 });
    const main = await read('src/main.ts');
    expect(await add(kind, 'another', '--scopes', 'todo:read', '--yes')).toMatchObject({ code: 0 });
    expect(await read(`src/${list}/index.ts`)).toContain(`  ${identifier},\n  another,\n  //`);
    expect(await read('src/main.ts')).toBe(main);
    expect(await addNothing(...request, '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is there already'),
    });
  });

  test('is a row of the README that has such a table', async () => {
    await edit('README.md', (text) =>
      text.replace('## Scopes', `## More\n\n| ${kind} | required scope |\n|---|---|\n\n$&`),
    );
    expect(await add(...request, '--yes')).toMatchObject({ code: 0 });
    expect(await read('README.md')).toMatch(
      /\| `(?:weekly-report:\/\/\{id\}|sum_up\(style\))` \| `todo:read`, `todo:archive` \|\n\n## Scopes/,
    );
  });

  test('imports the protection as ejected projects do', async () => {
    await edit('test/support.ts', (text) =>
      text.replace('scalekit-mcp-server/testing', '../src/protect/testing/index.ts'),
    );
    await edit('src/tools/index.ts', (text) => text.replace('scalekit-mcp-server', '../protect/index.ts'));
    expect(await add(...request, '--yes')).toMatchObject({ code: 0 });
    expect(await read(`src/${list}/index.ts`)).toContain("from '../protect/index.ts';");
    expect(await read(`test/${file}.test.ts`)).toContain("from '../src/protect/testing/index.ts';");
  });

  test.each<[string, string, (text: string) => string]>([
    [
      'has them already',
      'src/main.ts',
      (text) => text.replace('  tools,\n', `  tools,\n  ${list}: [mine],\n`),
    ],
    [
      'takes tools from elsewhere',
      'src/main.ts',
      (text) => text.replace("'./tools/index.ts'", "'./tools.ts'"),
    ],
    ['computes its tools', 'src/main.ts', (text) => text.replace('  tools,\n', '  tools: [...tools],\n')],
    [
      'starts another server',
      'test/support.ts',
      (text) => text.replace('scopes, tools,', 'scopes, tools: [],'),
    ],
  ])('%s: it says what to add by hand', async (_, path, change) => {
    await edit(path, change);
    const { code, stderr } = await addNothing(...request, '--yes');
    expect(code).toBe(1);
    expect(stderr).toContain(`error: ${path} hands its tools to the server in a way that is not understood`);
    for (const part of [
      "'todo:archive': 'Archive todo',",
      `src/${list}/${file}.ts, a new file:`,
      `src/${list}/index.ts, a new file:`,
      `import { ${list} } from './${list}/index.ts';`,
      `import { ${list} } from '../src/${list}/index.ts';`,
    ])
      expect(stderr).toContain(part);
  });

  test('keeps the line ends of every file', async () => {
    for (const path of ['src/main.ts', 'test/support.ts'])
      await edit(path, (text) => text.replaceAll('\n', '\r\n'));
    expect(await add(...request, '--yes')).toMatchObject({ code: 0 });
    for (const path of ['src/main.ts', 'test/support.ts'])
      expect((await read(path)).replaceAll('\r\n', ''), path).not.toContain('\n');
  });
});

describe('a scope', () => {
  test('is a line of the list and of the README', async () => {
    const words = "Put your todos | don't delete them";
    expect(await add('scope', 'todo:archive', words, '--yes')).toMatchObject({ code: 0 });
    const listed = readScopesFile(await read('src/scopes.ts'));
    expect(listed?.at(-1)).toMatchObject({ name: 'todo:archive', description: words });
    expect(await read('README.md')).toContain(String.raw`| ${'`todo:archive`'} | Put your todos \| don't`);
  });

  test('is described, if nobody has done it', async () => {
    expect(await add('scope', 'todo:admin', '--yes')).toMatchObject({ code: 0 });
    expect(await read('src/scopes.ts')).toContain("'todo:admin': 'Administer todo',");
  });

  test.each([
    [
      'base and implied',
      "{ 'a': 'A' }, { base: ['a'], implied: {} }",
      "{ 'a': 'A', 'b': 'B', }, { base: ['a'], implied: {} }",
    ],
    ['no comma', "{\n  'a': 'A'\n}", "{\n  'a': 'A',\n  'b': 'B',\n}"],
    [
      'a comment',
      "{\n  'a': 'A', // one\n  // two }\n}",
      "{\n  'a': 'A', // one\n  // two }\n  'b': 'B',\n}",
    ],
    ['tabs', "{\n\t'a':\n\t\t'A',\n}", "{\n\t'a':\n\t\t'A',\n\t'b': 'B',\n}"],
    ['nothing', '{}', "{ 'b': 'B', }"],
  ])('stands at the end of a list with %s', (_, before, after) => {
    const longer = addToScopesFile(`x = defineScopes(${before});`, [{ name: 'b', description: 'B' }]);
    expect(longer).toBe(`x = defineScopes(${after});`);
  });
});

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
  ])('%j: it is there already', async (args, message) => {
    const { code, stderr } = await addNothing(...args, '--yes');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(message) });
  });

  test('a tool of this name in another file', async () => {
    await writeFile(join(directory, 'src/tools/other.ts'), 'export const x = { name: "archive_todo" };\n');
    expect(await addNothing(...tool)).toMatchObject({ code: 1, stderr: expect.stringContaining('other.ts') });
  });

  test.each<[string, string, (text: string) => string]>([
    ['a mark is gone', 'src/tools/index.ts', (text) => text.replace(/^.*tools go above.*\n/m, '')],
    [
      'a mark is there twice',
      'src/tools/index.ts',
      (text) => text.replace(/^.*imports go above.*\n/m, '$&$&'),
    ],
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

  test('where there is no project, and in a Python project that is not ours', async () => {
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
  test('are taken back, folders too, where one fails', async () => {
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
});
