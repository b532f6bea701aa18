import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleTools, fromPattern } from '../../src/create/example-tools.ts';
import { markdown } from '../../src/create/prose.ts';
import { listScopes, quote, renameScopes, renameServer } from '../../src/create/typescript.ts';
import { hardNames } from './hard-names.ts';

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

  test('are written as the templates write them, where nothing has to be escaped', () => {
    expect(quote('Todo MCP')).toBe("'Todo MCP'");
  });
});

describe('the name of the server', () => {
  test.each(hardNames)('%s is put in once, and nothing else changes', (name) => {
    const source = "a;\nawait serve({ name: 'Todo MCP', version });\nb;";
    const [before, after] = source.split("'Todo MCP'");
    expect(renameServer(source, name)).toBe(`${before}${quote(name)}${after}`);
  });

  test.each(['', "name: 'Todo MCP' name: 'Todo MCP'"])(
    'a template that has it not once is a fault: %j',
    (source) => {
      expect(() => renameServer(source, 'x')).toThrow(/instead of once/);
    },
  );
});

describe('scopes of the todo template', () => {
  const pair = { read: 'notes:read', write: 'notes:write' };

  test('are replaced as whole tokens, in strings and in comments', () => {
    expect(renameScopes("['todo:read'] // needs todo:write.", pair)).toBe(
      "['notes:read'] // needs notes:write.",
    );
  });

  test.each(['my_todo:read', 'todo:read2', 'todo:read:own', 'a:todo:write', 'todo_read'])(
    '%s is another',
    (text) => {
      expect(renameScopes(text, pair)).toBe(text);
    },
  );

  test('a pair with the names the other way round does not run in circles', () => {
    const swapped = { read: 'todo:write', write: 'todo:read' };
    expect(renameScopes('todo:read todo:write', swapped)).toBe('todo:write todo:read');
  });
});

describe('src/scopes.ts', () => {
  const source = "export const { scopes, tool } = defineScopes({\n  'todo:read': 'x',\n});\n";

  test('lists every scope with what it allows; the todo pair has its own words', () => {
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
    expect(example && fromPattern(pattern, example)).toBe(
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
