import { existsSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { compoundVariables, variableAliases, variableNames } from '../../../scalekit/index.ts';
import { type RawEnvFile, readEnvFile } from './env-file.ts';
import type { TextFile } from './files.ts';

/** Where the settings are if `.env` in the project's folder does not have them. */

const ownNames = [
  ...variableNames,
  ...Object.values(variableAliases).flat(),
  ...Object.values(compoundVariables).flat(),
].filter((name) => name !== 'PORT');
const setsOurs = new RegExp(`^[^#\\n]*\\b(?:${ownNames.join('|')})\\b`, 'm');

/** @returns whether an env file sets one of the variables that the checks read, besides PORT. */
function hasSettings(file: RawEnvFile | undefined): boolean {
  return file?.text !== undefined && setsOurs.test(file.text);
}

/** `load_dotenv("config/.env")`, `config({ path: '../.env' })`, `node --env-file=config/.env`, `env_file="app/.env"`. */
const named =
  /(?:["'`(=\s]|^)((?:\.{1,2}\/|[\w.-]+\/)+\.env(?:\.(?!example|sample|template)\w+)?)(?=["'`)\s,]|$)/m;

/** Compose: `env_file: ./config/prod.env`, or a list of such files. */
const composeFile = /^\s*env_file:\s*(?:\n\s*-\s*(?:path:\s*)?)?["']?([\w./-]+)["']?\s*$/m;

function namedIn(texts: readonly TextFile[], pattern: RegExp): readonly string[] {
  return texts.flatMap(({ text }) => {
    const file = pattern.exec(text)?.[1];
    return file === undefined ? [] : [posix.normalize(file)];
  });
}

/** How many folders up python-dotenv's own search is followed: a project is not deeper in its repository. */
const highest = 5;

/** Without a path, python-dotenv looks for `.env` in the folder of the program and in all above it (`find_dotenv`). */
function foundAbove(directory: string, sources: readonly TextFile[]): readonly string[] {
  const searches = sources.some(
    ({ file, text }) => file.endsWith('.py') && /load_dotenv\s*\(\s*(?:\)|override)/.test(text),
  );
  if (!searches) return [];
  const up: string[] = [];
  let folder = resolve(directory);
  for (let level = 1; level <= highest && dirname(folder) !== folder; level += 1) {
    folder = dirname(folder);
    if (existsSync(join(folder, '.env'))) up.push(`${'../'.repeat(level)}.env`);
  }
  return up;
}

/**
 * @param env `.env` in the project's folder, if there is one.
 * @returns the file that the program reads its settings from, if that is not `.env`: one that the source, a script or compose names,
 * direnv's, or the one that python-dotenv finds above; undefined if none of them has any settings.
 */
export async function settingsElsewhere(
  directory: string,
  env: RawEnvFile | undefined,
  sources: readonly TextFile[],
  manifest: TextFile | undefined,
  production: readonly TextFile[],
): Promise<RawEnvFile | undefined> {
  if (hasSettings(env)) return undefined;
  const outside = [...namedIn(production, composeFile), '.envrc'];
  const places = [
    ...namedIn([...sources, ...(manifest === undefined ? [] : [manifest])], named),
    ...outside,
    ...foundAbove(directory, sources),
  ];
  for (const place of new Set(places)) {
    if (place === '.env') continue;
    const file = await readEnvFile(directory, place);
    if (file === undefined || !hasSettings(file)) continue;
    return outside.includes(place) ? { ...file, loadedOutside: true } : file;
  }
  return undefined;
}
