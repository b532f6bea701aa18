import { packageManager } from '../../../project/package-manager.ts';
import { pythonName } from '../../../project/tool-names.ts';
import type { Answers, File } from '../../answers.ts';
import { jsonText, specifierOf } from '../../json.ts';
import type { LanguageParts, Planning } from '../../language.ts';
import { describe, pairOf, renameScopes, renameTokens, replaceOnce, wordsOf } from '../source.ts';
import { blank, todo } from '../templates.ts';
import { listScopes, renameServer, scopesIn } from './source.ts';

const scopesPath = 'scopes.py';
const toolsPath = 'tools/__init__.py';
const patternPath = 'tools/todo_read.py';
/** The pattern's names in the blank template: its scope, and its function, whose name is also that of its tool and module. */
const pattern = { scope: 'todo:read', tool: 'todo_read' };

function ownScopes({ texts }: Planning) {
  return scopesIn(texts.get(scopesPath) ?? '');
}

/** Names the example of each scope. Scopes that differ only in case or separators are numbered. */
function exampleTools(scopes: readonly string[]): readonly (typeof pattern)[] {
  const known = new Set<string>();
  return scopes.map((scope) => {
    const name = pythonName(wordsOf(scope));
    let tool = name;
    for (let number = 2; known.has(tool); number += 1) tool = `${name}_${number}`;
    known.add(tool);
    return { scope, tool };
  });
}

function exampleFiles(text: string, { answers, texts }: Planning): readonly File[] {
  const examples = exampleTools(answers.scopes);
  const list = (source: string, line: (tool: string) => string, what: string) =>
    replaceOnce(
      source,
      new RegExp(line(pattern.tool)),
      examples.map(({ tool }) => line(tool)).join(''),
      what,
    );
  const imported = list(
    texts.get(toolsPath) ?? '',
    (tool) => `from tools.${tool} import ${tool}\n`,
    'an import of its example',
  );
  return [
    ...examples.map(({ scope, tool }) => ({
      path: `tools/${tool}.py`,
      content: renameTokens(
        text,
        new Map([
          [pattern.scope, scope],
          [pattern.tool, tool],
        ]),
      ),
    })),
    { path: toolsPath, content: list(imported, (tool) => `    ${tool},\n`, 'its example in the list') },
  ];
}

/** Changes only data in a Python file, never code. */
function editPython(path: string, text: string, planning: Planning): string | readonly File[] {
  const { answers, tooling } = planning;
  if (path === 'server.py') return renameServer(text, answers.name);
  if (path === 'protection/__init__.py')
    return replaceOnce(
      text,
      /^VERSION: Final = ".*"$/m,
      `VERSION: Final = "${tooling.version}"`,
      'a version',
    );
  if (path === scopesPath) return listScopes(text, answers.scopes);
  if (answers.template === todo.value)
    return renameScopes(text, pairOf([...ownScopes(planning).keys()]), pairOf(answers.scopes));
  if (answers.template !== blank.value) return text;
  if (path === toolsPath) return [];
  return path === patternPath ? exampleFiles(text, planning) : text;
}

function edit(path: string, text: string, planning: Planning): string | readonly File[] {
  const { answers, tooling } = planning;
  if (path === 'package.json')
    return jsonText({
      ...(JSON.parse(text) as object),
      name: answers.packageName,
      devDependencies: { 'scalekit-mcp': specifierOf('scalekit-mcp', tooling) },
    });
  if (path === 'pyproject.toml') return text.replace('name = "todo-mcp"', `name = "${answers.packageName}"`);
  return path.endsWith('.py') ? editPython(path, text, planning) : text;
}

function prose(planning: Planning): object {
  const { answers } = planning;
  const own = ownScopes(planning);
  const isTodo = answers.template === todo.value;
  return {
    scopes: answers.scopes.map((name) => ({ name, description: describe(name, own) })),
    ...(isTodo ? { pair: pairOf(answers.scopes) } : { examples: exampleTools(answers.scopes) }),
  };
}

/** The package manager runs only what needs Node: the tool beside the server. */
function commands({ packageManager: name }: Answers) {
  const manager = packageManager(name);
  return {
    install: `uv sync --extra dev && ${manager.installCommand}`,
    dev: manager.run('dev'),
    test: '.venv/bin/pytest',
    doctor: manager.run('doctor'),
  };
}

export const parts: LanguageParts = {
  commands,
  prose,
  edit,
  made: () => [],
  installers: ({ packageManager: name }) => `Python and ${name}`,
  async install({ packageManager: name }, options) {
    const { installPython } = await import('./install.ts');
    const { install } = await import('../../install.ts');
    const notes = await installPython(options);
    return [...notes, ...(await install(name, { ...options, tools: ['scalekit-mcp'] }))];
  },
};
