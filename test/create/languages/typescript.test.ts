import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renameScopes } from '../../../src/create/languages/source.ts';
import {
  exampleTools,
  fromPattern,
  listExamples,
  patternOf,
} from '../../../src/create/languages/typescript/example-tools.ts';
import { listScopes, renameServer, scopesIn } from '../../../src/create/languages/typescript/source.ts';
import { toolTable } from '../../../src/create/languages/typescript/tool-table.ts';
import { loadTemplates } from '../../../src/create/packed.ts';
import { markdown } from '../../../src/create/prose.ts';
import { quote } from '../../../src/project/source-text.ts';
import { hardNames } from '../hard-names.ts';

const evaluate = (expression: string): unknown => new Function(`return ${expression}`)();

describe('string literals', () => {
  test.each(hardNames)('%s means exactly itself', (name) => {
    expect(evaluate(quote(name))).toBe(name);
  });

  test('any text means exactly itself', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, (each) => {
        expect(evaluate(quote(each))).toBe(each);
      }),
    );
  });

  test('are quoted as in the templates if nothing has to be escaped', () => {
    expect(quote('Todo MCP')).toBe("'Todo MCP'");
  });
});

describe('the name of the server', () => {
  test.each(hardNames)('%s is inserted once, and nothing else changes', (name) => {
    const source = "a;\nawait serve({ name: 'Todo MCP', version });\nb;";
    const [before, after] = source.split("'Todo MCP'");
    expect(renameServer(source, name)).toBe(`${before}${quote(name)}${after}`);
  });

  test.each(['', "name: 'Todo MCP' name: 'Todo MCP'"])(
    'a template in which it does not occur once is a fault: %j',
    (source) => {
      expect(() => renameServer(source, 'x')).toThrow(/instead of once/);
    },
  );
});

describe('scopes of the todo template', () => {
  const own = { read: 'todo:read', write: 'todo:write' };
  const pair = { read: 'notes:read', write: 'notes:write' };

  test('are replaced as whole tokens, in strings and in comments', () => {
    expect(renameScopes("['todo:read'] // needs todo:write.", own, pair)).toBe(
      "['notes:read'] // needs notes:write.",
    );
  });

  test.each(['my_todo:read', 'todo:read2', 'todo:read:own', 'a:todo:write', 'todo_read'])(
    '%s is another',
    (text) => {
      expect(renameScopes(text, own, pair)).toBe(text);
    },
  );

  test('a pair with swapped names is replaced once', () => {
    const swapped = { read: 'todo:write', write: 'todo:read' };
    expect(renameScopes('todo:read todo:write', own, swapped)).toBe('todo:write todo:read');
  });
});

describe('src/scopes.ts', () => {
  const source = "export const { scopes, tool } = defineScopes({\n  'todo:read': 'Read your todos',\n});\n";

  test('lists every scope with what it allows; a scope of the template keeps its own words', () => {
    expect(listScopes(source, ['todo:read', 'notes:write'])).toBe(
      "export const { scopes, tool } = defineScopes({\n  'todo:read': 'Read your todos',\n  'notes:write': 'Create, change and delete notes',\n});\n",
    );
  });
});

describe('example tools', () => {
  const names = (...scopes: readonly string[]) => exampleTools(scopes).map((example) => example.tool);

  test.each([
    ['notes:read', { tool: 'notes_read', identifier: 'notesRead', file: 'notes-read' }],
    ['admin', { tool: 'admin', identifier: 'admin', file: 'admin' }],
    ['delete', { tool: 'delete_tool', identifier: 'deleteTool', file: 'delete-tool' }],
    ['index', { tool: 'index_tool', identifier: 'indexTool', file: 'index-tool' }],
    ['2fa:read', { tool: 'tool_2fa_read', identifier: 'tool2faRead', file: 'tool-2fa-read' }],
    [':', { tool: 'example_tool', identifier: 'exampleTool', file: 'example-tool' }],
    ['Files:READ', { tool: 'files_read', identifier: 'filesRead', file: 'files-read' }],
  ])('of %s', (scope, expected) => {
    expect(exampleTools([scope])).toEqual([{ scope, ...expected }]);
  });

  test('scopes that would collapse to one name are numbered', () => {
    expect(names('a:b', 'a_b', 'A:B', 'a:b:2')).toEqual(['a_b', 'a_b_2', 'a_b_3', 'a_b_2_2']);
    expect(names('a_bc', 'a_bC')).toEqual(['a_bc', 'a_bc_2']);
  });

  test('have names that are valid and differ, whatever the scopes', () => {
    const scopes = fc.uniqueArray(fc.stringMatching(/^[a-zA-Z0-9_:]{1,12}$/), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(scopes, (list) => {
        const examples = exampleTools(list);
        for (const key of ['tool', 'identifier', 'file'] as const) {
          const all = examples.map((example) => example[key].toLowerCase());
          expect(new Set(all).size).toBe(list.length);
        }
        for (const { identifier, tool } of examples) {
          expect(() => new Function(`"use strict"; const ${identifier} = 1;`)).not.toThrow();
          expect(tool).toMatch(/^[a-z][a-z0-9_]*$/);
        }
      }),
    );
  });

  test('are made from the pattern by whole tokens', () => {
    const [example] = exampleTools(['notes:write']);
    const pattern =
      "export const todoRead = tool({ name: 'todo_read', scopes: ['todo:read'] }); // todoReader";
    const own = patternOf('src/tools/todo-read.ts', pattern);
    expect(own).toEqual({ scope: 'todo:read', tool: 'todo_read', identifier: 'todoRead', file: 'todo-read' });
    expect(example && fromPattern(pattern, own, example)).toBe(
      "export const notesWrite = tool({ name: 'notes_write', scopes: ['notes:write'] }); // todoReader",
    );
  });
});

describe('Markdown', () => {
  test('shows markup instead of obeying it', () => {
    expect(markdown('# *a* _b_ `c` [d](e) <b> & | ~ \\ $x$')).toBe(
      '\\# \\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\<b\\> \\& \\| \\~ \\\\ \\$x\\$',
    );
  });
});

describe('what is read from the templates', () => {
  const text = (path: string) => loadTemplates('typescript').files.get(`typescript/${path}`) ?? '';

  test('the scopes, and what they allow', () => {
    expect([...scopesIn(text('base/src/scopes.ts'))]).toEqual([
      ['todo:read', 'Read your todos'],
      ['todo:write', 'Create, change and delete your todos'],
    ]);
  });

  test('the todo tools, in the order of their list', () => {
    const paths = [...loadTemplates('typescript').files.keys()].filter((path) =>
      path.startsWith('typescript/todo/'),
    );
    const texts = new Map(
      paths.map((path) => [path.slice('typescript/todo/'.length), text(path.slice('typescript/'.length))]),
    );
    const lines = toolTable(texts).map(({ call, scopes }) => `${call} ${scopes}`);
    expect(lines).toEqual([
      'create_todo(title, description?) todo:write',
      expect.stringMatching(/^list_todos\(completed\?(?:, limit\?, cursor\?)?\) todo:read$/),
      'get_todo(todo_id) todo:read',
      'update_todo(todo_id, title?, description?, completed?) todo:write',
      'delete_todo(todo_id) todo:write',
    ]);
  });

  test.each([
    ["input: z.object({ a: z.string().describe('a, b: {c} (d)'), b: z.int().default(1) })", 'x(a, b?)'],
    [
      'input: z.object({\n    a: z\n      .union([z.string(), z.object({ c: z.int() })])\n      .nullish(),\n  })',
      'x(a?)',
    ],
    ['input: z.object({})', 'x()'],
  ])('arguments of %s', (input, call) => {
    const texts = new Map([
      [
        'src/tools/index.ts',
        "import { x } from './x.ts';\nexport const tools: readonly Tool[] = [\n  x,\n  // tools go above\n];\n",
      ],
      ['src/tools/x.ts', `export const x = tool({ name: 'x', scopes: ['a:b'], ${input} });`],
    ]);
    expect(toolTable(texts)).toEqual([{ call, scopes: ['a:b'] }]);
  });

  test('a tool that cannot be read is a fault, not an empty line', () => {
    const texts = new Map([['src/tools/index.ts', 'export const tools: readonly Tool[] = [x];\n']]);
    expect(() => toolTable(texts)).toThrow(/The tool x .* cannot be read/);
  });

  test('a list that has lost its example is a fault', () => {
    const pattern = { scope: 'a', tool: 'a', identifier: 'a', file: 'a' };
    expect(() => listExamples('', pattern, [])).toThrow(/has lost its example tool/);
  });
});
