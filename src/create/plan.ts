import type { EnvFile } from '../project/env-file.ts';
import type { Answers, File } from './answers.ts';
import { envExample, envFile } from './env-file.ts';
import { exampleTools, fromPattern, patternTool } from './example-tools.ts';
import {
  clientConfigurations,
  jsonText,
  manifest,
  manifestPath,
  packageJson,
  type Tooling,
  tarballs,
} from './json.ts';
import { proseData } from './prose.ts';
import { overlay, type Templates } from './templates.ts';
import { listScopes, renameScopes, renameServer, todoPair } from './typescript.ts';

const patternPath = `src/tools/${patternTool.file}.ts`;

/** The folders of templates that make a project, the later ones over the earlier ones. */
function foldersOf({ template }: Answers): readonly string[] {
  const store = template === 'todo' ? ['store-memory'] : [];
  return ['base', template, ...store, 'deploy-docker'].map((folder) => `typescript/${folder}`);
}

/** Edits one TypeScript file: only data changes, the code is as it stands in the template. */
function typescript(path: string, source: string, answers: Answers): string {
  if (path === 'src/main.ts') return renameServer(source, answers.name);
  if (path === 'src/scopes.ts') return listScopes(source, answers.scopes);
  return answers.template === 'todo' ? renameScopes(source, todoPair(answers.scopes)) : source;
}

/** The blank server's tools: the pattern's file once for each scope, and the list of them. */
function exampleFiles(pattern: string, index: string, answers: Answers): readonly File[] {
  const examples = exampleTools(answers.scopes);
  const imports = examples.map((each) => `import { ${each.identifier} } from './${each.file}.ts';`);
  const list = examples.map((each) => each.identifier);
  return [
    ...examples.map((each) => ({ path: `src/tools/${each.file}.ts`, content: fromPattern(pattern, each) })),
    { path: 'src/tools/index.ts', content: listTools(index, imports, list) },
  ];
}

/** Puts imports and names in the place of the pattern's single ones in `src/tools/index.ts`. */
function listTools(index: string, imports: readonly string[], names: readonly string[]): string {
  const importLine = `import { ${patternTool.identifier} } from './${patternTool.file}.ts';`;
  const entry = `  ${patternTool.identifier},\n`;
  if (!index.includes(importLine) || !index.includes(entry))
    throw new Error('The blank template has lost its example tool in src/tools/index.ts');
  const list = names.map((name) => `  ${name},\n`).join('');
  return index.replace(importLine, () => imports.join('\n')).replace(entry, () => list);
}

/** What is made from the answers alone, without a template. */
function made(answers: Answers, tooling: Tooling, existingEnv: EnvFile | undefined): readonly File[] {
  const files: File[] = [
    { path: '.env', content: envFile(answers, existingEnv), mode: 0o600 },
    { path: '.env.example', content: envExample(answers) },
    { path: manifestPath, content: manifest(answers, tooling) },
    ...clientConfigurations(answers),
    ...tarballs(tooling),
  ];
  // Plug'n'Play has no node_modules, where the compiler, the linter and Node's own resolution look.
  if (answers.packageManager === 'yarn')
    files.push({ path: '.yarnrc.yml', content: 'nodeLinker: node-modules\n' });
  return files;
}

function fromTemplate(
  path: string,
  source: string,
  templates: Templates,
  answers: Answers,
  tooling: Tooling,
) {
  const text = templates.files.get(source) ?? '';
  if (source.endsWith('.hbs')) return templates.render(source, proseData(answers, tooling));
  if (path === 'package.json') return packageJson(text, answers, tooling);
  if (path.endsWith('.json')) return jsonText(JSON.parse(text));
  return path.endsWith('.ts') ? typescript(path, text, answers) : text;
}

/**
 * A project as files in memory. Pure: the same answers, templates and tooling make the same files.
 * @param existingEnv the `.env` of a folder that is written over; its other variables are kept.
 * @returns the files, sorted by path.
 * @throws Error when a template has lost what the edits look for: a fault of ours.
 */
export function plan(
  answers: Answers,
  templates: Templates,
  tooling: Tooling,
  existingEnv?: EnvFile,
): readonly File[] {
  const layers = new Map(overlay(templates, foldersOf(answers)));
  const files: File[] = [...made(answers, tooling, existingEnv)];
  const pattern = layers.get(patternPath);
  if (answers.template === 'blank' && pattern !== undefined) {
    const index = templates.files.get(layers.get('src/tools/index.ts') ?? '') ?? '';
    files.push(...exampleFiles(templates.files.get(pattern) ?? '', index, answers));
    layers.delete(patternPath);
    layers.delete('src/tools/index.ts');
  }
  for (const [path, source] of layers)
    files.push({ path, content: fromTemplate(path, source, templates, answers, tooling) });
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
