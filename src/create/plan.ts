import type { EnvFile } from '../project/env-file.ts';
import type { Answers, File } from './answers.ts';
import { languageOf, overlaysOf } from './catalog.ts';
import { envFile } from './env-file.ts';
import { clientConfigurations, manifest, manifestPath, type Tooling, tarballs } from './json.ts';
import type { Planning } from './language.ts';
import { proseData } from './prose.ts';
import { overlay, type Templates } from './templates.ts';

/** What the files of a project are made from. */
export interface PlanInput {
  readonly answers: Answers;
  readonly templates: Templates;
  readonly tooling: Tooling;
  /** The `.env` of a folder that is overwritten; its other variables are kept. */
  readonly existingEnv?: EnvFile | undefined;
}

/** @returns the path of the template for each path of the project: later folders are laid over earlier ones. */
export function templateSources(answers: Answers, templates: Templates): ReadonlyMap<string, string> {
  const layers = overlaysOf(answers).flatMap(({ option, value, layers = [`${option}-${value}`] }) => layers);
  const folders = ['base', answers.template, ...layers].map((folder) => `${answers.language}/${folder}`);
  return overlay(templates, folders);
}

/** Files that are made in every language. */
function made({ answers, tooling, overlays }: Planning, existingEnv: EnvFile | undefined): readonly File[] {
  const variables = overlays.flatMap((each) => each.variables ?? []);
  return [
    { path: '.env', content: envFile(answers, variables, existingEnv), mode: 0o600 },
    ...clientConfigurations(answers),
    ...tarballs(tooling, languageOf(answers).ownPackages),
  ];
}

/** The order in which the files of a project are named. */
export function byPath(a: File, b: File): number {
  return a.path < b.path ? -1 : 1;
}

/**
 * Makes a project as files in memory. Pure: the same answers, templates and tooling make the same files.
 * @returns the files, sorted by path.
 * @throws Error if an edit does not find its place in a template, which is a bug.
 */
export async function plan({
  answers,
  templates,
  tooling,
  existingEnv,
}: PlanInput): Promise<readonly File[]> {
  const parts = await languageOf(answers).load();
  const sources = templateSources(answers, templates);
  const texts = new Map([...sources].map(([path, source]) => [path, templates.files.get(source) ?? '']));
  const planning: Planning = { answers, tooling, overlays: overlaysOf(answers), texts };
  const data = { ...proseData(planning, parts.commands(answers)), ...parts.prose(planning) };
  const files: File[] = [...made(planning, existingEnv), ...parts.made(planning)];
  for (const [path, source] of sources) {
    const text = source.endsWith('.hbs') ? templates.render(source, data) : (texts.get(path) ?? '');
    // Prose that renders to nothing makes no file.
    if (text === '') continue;
    const edited = source.endsWith('.hbs') ? text : parts.edit(path, text, planning);
    files.push(...(typeof edited === 'string' ? [{ path, content: edited }] : edited));
  }
  files.push({ path: manifestPath, content: manifest(answers, tooling, files) });
  return files.sort(byPath);
}
