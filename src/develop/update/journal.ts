import { hash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { changeFiles } from '../../project/change-files.ts';
import { readJsonFile, replacePrivateFile } from '../../project/private-files.ts';
import { stateDirectory } from '../../project/state-directory.ts';
import { UserError } from '../../terminal/errors.ts';

/**
 * What an update has replaced, so that `--undo` can restore it even without git. It is in the person's state folder, one
 * per project. Undoing stores what it replaces in the same place, so that a second `--undo` redoes the update.
 */

interface Change {
  /** Base64; null if there was no file. */
  readonly before: string | null;
  /** SHA-256 of what was written; null if the file was removed. */
  readonly after: string | null;
}

interface Journal {
  readonly from: string;
  readonly to: string;
  readonly installs: boolean;
  readonly files: Readonly<Record<string, Change>>;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Contents = ReadonlyMap<string, string | Uint8Array | undefined>;

const sha256 = (content: string | Uint8Array) => hash('sha256', content);

async function nameFor(directory: string): Promise<string> {
  return join('updates', `${sha256(await realpath(directory)).slice(0, 32)}.json`);
}

const contentOf = (directory: string, path: string) =>
  readFile(join(directory, path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });

async function keep(directory: string, env: Environment, journal: Journal): Promise<void> {
  try {
    await replacePrivateFile(stateDirectory(env), await nameFor(directory), journal);
  } catch (error) {
    throw new UserError(
      `What an update replaces is kept in ${stateDirectory(env)}, so that it can be undone, and that cannot be written. Nothing was changed.`,
      {
        code: 'update/state',
        next: 'set XDG_STATE_HOME (Windows: LOCALAPPDATA) to a folder that can be written',
        cause: error,
      },
    );
  }
}

export interface Applied extends Pick<Journal, 'from' | 'to' | 'installs'> {
  /** What to write by path; undefined removes the file. */
  readonly contents: Contents;
}

/**
 * Changes all files or none, and stores what was there.
 * @throws UserError if a file cannot be written, or what it replaces cannot be stored: then nothing has changed.
 */
export async function applyAndKeep(directory: string, env: Environment, applied: Applied): Promise<void> {
  const { contents, ...about } = applied;
  const previous = await readJsonFile(stateDirectory(env), await nameFor(directory)).catch(() => undefined);
  const files: Record<string, Change> = {};
  for (const [path, content] of contents) {
    const before = await contentOf(directory, path);
    files[path] = {
      before: before?.toString('base64') ?? null,
      after: content === undefined ? null : sha256(content),
    };
  }
  await keep(directory, env, { ...about, files });
  const writes = [...contents].flatMap(([path, content]) =>
    content === undefined ? [] : [[path, content] as const],
  );
  const removes = [...contents].flatMap(([path, content]) => (content === undefined ? [path] : []));
  try {
    changeFiles(directory, { writes: new Map(writes), removes }, 'update/write');
  } catch (error) {
    if (previous) await keep(directory, env, previous as Journal).catch(() => {});
    throw error;
  }
}

/**
 * Reads what the last update of this project has replaced.
 * @returns what to apply to undo it, and the files that have changed since.
 * @throws UserError if there has been no update.
 */
export async function readUndo(
  directory: string,
  env: Environment,
): Promise<Applied & { readonly changed: readonly string[] }> {
  const value = await readJsonFile(stateDirectory(env), await nameFor(directory)).catch(() => undefined);
  if (typeof value !== 'object' || value === null)
    throw new UserError(`There is no update of ${directory} to undo: none was made here by you.`, {
      code: 'update/no-undo',
      next: 'scalekit-mcp update --check',
    });
  const { files, from, to, installs } = value as Journal;
  const contents = new Map<string, Uint8Array | undefined>();
  const changed: string[] = [];
  for (const [path, { before, after }] of Object.entries(files)) {
    const now = await contentOf(directory, path);
    if ((now === undefined ? null : sha256(now)) !== after) changed.push(path);
    contents.set(path, before === null ? undefined : Buffer.from(before, 'base64'));
  }
  return { from: to, to: from, installs, contents, changed };
}
