import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { addToScopesFile, readScopesFile } from '../../src/project/scopes-file.ts';
import { add, addNothing, directory, edit, makeProject, read } from './add-project.ts';

/** `scalekit-mcp add` on generated projects, as files; test/develop/add.slow.test.ts runs what it writes. */

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

  test('with existing scopes changes neither their list nor the registration', async () => {
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

  test('keeps a client file in which its owner has chosen the scopes', async () => {
    await edit('.mcp.json', (text) => text.replace('todo:write ', ''));
    const before = await read('.mcp.json');
    expect(await add('tool', 'archive_todo', '--scopes', 'todo:archive', '--yes')).toMatchObject({ code: 0 });
    expect(await read('.mcp.json')).toBe(before);
  });

  test('keeps a test that has its name', async () => {
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

  test('imports test helpers as the ejected tests do', async () => {
    await edit('test/support.ts', (text) =>
      text.replace('scalekit-mcp-server/testing', '../src/protect/testing/index.ts'),
    );
    expect(await add('tool', 'archive_todo', '--scopes', 'todo:write', '--yes')).toMatchObject({ code: 0 });
    expect(await read('test/archive-todo.test.ts')).toContain(
      "import { denials } from '../src/protect/testing/index.ts';",
    );
  });

  test('keeps a README that its owner has rewritten', async () => {
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

  test('is a line of the list if there is one', async () => {
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

  test('is a row of a README that has such a table', async () => {
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

  test('gets a description if none is given', async () => {
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
  ])('is added at the end of a list with %s', (_, before, after) => {
    const longer = addToScopesFile(`x = defineScopes(${before});`, [{ name: 'b', description: 'B' }]);
    expect(longer).toBe(`x = defineScopes(${after});`);
  });
});
