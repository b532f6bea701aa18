import { basename, join } from 'node:path';
import { featureLists, handOver, listFileOf } from '../../../project/feature-lists.ts';
import { packageManager } from '../../../project/package-manager.ts';
import type { Answers, File } from '../../answers.ts';
import { jsonText, type PackageEdit, packageJson } from '../../json.ts';
import type { LanguageParts, Planning } from '../../language.ts';
import { describe, pairOf, renameScopes, renameTokens } from '../source.ts';
import { blank, todo } from '../templates.ts';
import { exampleTools, fromPattern, listExamples, patternOf } from './example-tools.ts';
import { listPrograms, listScopes, renameServer, scopesIn } from './source.ts';
import { toolTable } from './tool-table.ts';

const scopesPath = 'src/scopes.ts';
const toolsPath = 'src/tools/index.ts';

/** The scopes in the templates themselves. */
function ownScopes({ texts }: Planning) {
  return scopesIn(texts.get(scopesPath) ?? '');
}

/** Replaces the template's two scopes by the chosen ones. */
function withChosenPair(text: string, planning: Planning): string {
  return renameScopes(text, pairOf([...ownScopes(planning).keys()]), pairOf(planning.answers.scopes));
}

/** Replaces the template's first scope by the first that was chosen. */
function withFirstScope(text: string, planning: Planning): string {
  const [[own = ''] = [], chosen = ''] = [[...ownScopes(planning).keys()], planning.answers.scopes[0]];
  return renameTokens(text, new Map([[own, chosen]]));
}

/** The blank server's tools: a copy of the pattern's file for each scope, and the list of them and of what overlays bring. */
function exampleFiles(path: string, text: string, planning: Planning): string | readonly File[] {
  const { answers, texts } = planning;
  const index = texts.get(toolsPath) ?? '';
  // What is not in the template's own list comes from an overlay.
  if (!index.includes(`'./${basename(path)}'`)) return withFirstScope(text, planning);
  const pattern = patternOf(path, text);
  const others = [...texts]
    .filter(([each]) => /^src\/tools\/(?!index\.ts)/.test(each) && each !== path)
    .map(([each, source]) => patternOf(each, source));
  const examples = exampleTools(answers.scopes, others);
  return [
    ...examples.map((each) => ({
      path: `src/tools/${each.file}.ts`,
      content: fromPattern(text, pattern, each),
    })),
    { path: toolsPath, content: listExamples(index, pattern, [...examples, ...others]) },
  ];
}

/** Hands the lists that overlays bring to the server. */
function withLists(path: string, text: string, { texts }: Planning): string {
  return featureLists
    .filter((list) => texts.has(listFileOf(list)))
    .reduce((current, list) => {
      const handed = handOver(current, list);
      if (handed === undefined) throw new Error(`The template's ${path} has lost its list of tools`);
      return handed;
    }, text);
}

/** Changes only data in a TypeScript file, never code, but for the lists of what a server has. */
function editTypeScript(path: string, text: string, planning: Planning): string | readonly File[] {
  const { answers } = planning;
  if (path === 'src/main.ts') return renameServer(withLists(path, text, planning), answers.name);
  if (path === 'test/support.ts') return withLists(path, text, planning);
  if (path === scopesPath) return listScopes(text, answers.scopes);
  if (answers.template === todo.value) return withChosenPair(text, planning);
  if (answers.template !== blank.value || path === toolsPath) return path === toolsPath ? [] : text;
  return path.startsWith('src/tools/') ? exampleFiles(path, text, planning) : withFirstScope(text, planning);
}

/** What the bundler turns into a file each: the server, and the programs of overlays. */
function withPrograms(config: string, { overlays }: Planning): string {
  const programs = ['main', ...overlays.flatMap((each) => each.programs ?? [])];
  return listPrograms(config, programs);
}

function edit(path: string, text: string, planning: Planning): string | readonly File[] {
  const { answers, tooling, overlays } = planning;
  if (path === 'package.json') {
    const edits = overlays.flatMap((each) => (each.edit === undefined ? [] : [each.edit as PackageEdit]));
    return packageJson(text, answers, tooling, edits);
  }
  if (path === 'rolldown.config.ts') return withPrograms(text, planning);
  if (path.endsWith('.json')) return jsonText(JSON.parse(text));
  return path.endsWith('.ts') ? editTypeScript(path, text, planning) : text;
}

/** The sources of a project, as far as they say which tools it has. */
function toolSources(planning: Planning): ReadonlyMap<string, string> {
  const edited = [...planning.texts]
    .filter(([path]) => path.startsWith('src/tools/'))
    .flatMap(([path, text]): readonly File[] => {
      const content = editTypeScript(path, text, planning);
      return typeof content === 'string' ? [{ path, content }] : content;
    });
  return new Map(edited.map(({ path, content }) => [path, content.toString()]));
}

function prose(planning: Planning): object {
  const own = ownScopes(planning);
  return {
    scopes: planning.answers.scopes.map((name) => ({ name, description: describe(name, own) })),
    tools: toolTable(toolSources(planning)).map(({ call, scopes }) => ({ call, scope: scopes.join('`, `') })),
  };
}

/** @returns the path back up, e.g. `../..` for `packages/todo-mcp`. */
function climb(path: string): string {
  return path.replaceAll(/[^/]+/g, '..');
}

/** Turns Plug'n'Play off: the compiler, the linter and Node's own resolution need node_modules. */
function made({ answers }: Planning): readonly File[] {
  // In a workspace the settings of its root apply.
  if (answers.packageManager !== 'yarn' || answers.place.workspace !== undefined) return [];
  return [
    { path: '.yarnrc.yml', content: 'nodeLinker: node-modules\n' },
    // An empty lockfile makes this a project of its own.
    ...(answers.place.underYarn ? [{ path: 'yarn.lock', content: '' }] : []),
  ];
}

function commands({ packageManager: name }: Answers) {
  const manager = packageManager(name);
  return {
    install: manager.installCommand,
    dev: manager.run('dev'),
    test: manager.run('test'),
    doctor: manager.run('doctor'),
  };
}

export const parts: LanguageParts = {
  commands,
  prose,
  edit,
  made,
  installers: ({ packageManager: name }) => name,
  async install({ packageManager: name, place }, options) {
    const { install } = await import('../../install.ts');
    return install(name, {
      ...options,
      tools: ['scalekit-mcp', 'typescript'],
      ...(place.workspace === undefined ? {} : { root: join(options.cwd, climb(place.workspace)) }),
    });
  },
};
