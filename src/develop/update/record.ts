import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answers } from '../../create/answers.ts';
import { baseTextsPath, readBaseTexts } from '../../create/base-texts.ts';
import { manifestPath } from '../../create/json.ts';
import { inPlace } from '../../create/placement.ts';
import { checkEach, conflicts, resolve } from '../../create/resolve.ts';
import { leadsOut } from '../../create/write.ts';
import { printable } from '../../scalekit/index.ts';
import { problemsError, UserError } from '../../terminal/errors.ts';

/** What a project records about how it was made. */
export interface ProjectRecord {
  /** All members, for writing it again. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly version: string;
  readonly answers: Answers;
  /** SHA-256 of the generated files, by path. */
  readonly hashes: ReadonlyMap<string, string>;
  /** The generated texts by path; undefined if the project has lost them. */
  readonly base: ReadonlyMap<string, string> | undefined;
  readonly ejected: boolean;
}

const again = 'restore the file from git, or create a new project beside this one and compare';

function broken(why: string): UserError {
  return new UserError(`${manifestPath} ${why}. Nothing was changed.`, {
    code: 'update/record',
    next: again,
  });
}

async function readRecord(directory: string): Promise<Record<string, unknown>> {
  const text = await readFile(join(directory, manifestPath), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new UserError(
      `There is no ${manifestPath} in ${directory}: \`scalekit-mcp update\` needs what create-scalekit-mcp wrote down about the project.`,
      { code: 'update/no-project', next: 'change into the folder of the project' },
    );
  });
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {}
  throw broken('is not JSON');
}

/** The name that the project was created with, since the owner may have renamed it. */
function packageNameIn(base: ProjectRecord['base'], fallback: string): string {
  const name = /^ {2}"name": "([^"]+)"/m.exec(base?.get('package.json') ?? '')?.[1];
  return name ?? fallback;
}

/** @throws UserError if this version cannot make a project from the answers. */
async function answersOf(
  directory: string,
  { language, template, answers }: Record<string, unknown>,
  base: ProjectRecord['base'],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Answers> {
  if (typeof answers !== 'object' || answers === null) throw broken('has no answers');
  const { store, ...others } = answers as Record<string, unknown>;
  const kept = Array.isArray(store) ? store[0] : store;
  const raw = { ...others, language, template, ...(kept === undefined ? {} : { store: kept }) };
  const { given, problems } = checkEach(raw);
  const all = [...problems, ...(problems.length > 0 ? [] : conflicts(given))];
  if (all.length > 0)
    throw broken(`has answers that this version does not know: ${problemsError(all, '').message}`);
  const { resolved } = await inPlace(
    resolve({ ...given, directory }, { cwd: directory, packageManager: undefined }),
    env,
  );
  // The values of a real Scalekit are only in `.env`, which is not updated.
  const { project } = resolved;
  return { ...project, packageName: packageNameIn(base, project.packageName) };
}

/**
 * Reads what a project was made from.
 * @throws UserError if create did not make this project, or its record cannot be read.
 */
export async function readProjectRecord(
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ProjectRecord> {
  const json = await readRecord(directory);
  const bytes = await readFile(join(directory, baseTextsPath)).catch(() => undefined);
  const base = bytes && readBaseTexts(bytes);
  const { version, files } = json;
  if (typeof version !== 'string') throw broken('does not say which version made the project');
  const hashes = Object.entries((files ?? {}) as Record<string, unknown>).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const outside = hashes.find(([path]) => leadsOut(path));
  if (outside !== undefined) throw broken(`names a file outside of the project, ${printable(outside[0])}`);
  return {
    json,
    version,
    answers: await answersOf(directory, json, base, env),
    hashes: new Map(hashes),
    base,
    ejected: typeof json.ejected === 'object' && json.ejected !== null,
  };
}
