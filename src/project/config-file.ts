import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import {
  chmod,
  lstat,
  mkdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { systemCode, UserError } from '../terminal/errors.ts';

/** A file of another program, which is read, changed as text, and written whole or not at all. */
export interface ConfigFile {
  /** The path as it was given. */
  readonly path: string;
  /** Where it really is, with links resolved; the links themselves stay. */
  readonly target: string;
  /** Undefined if there is none yet. */
  readonly text: string | undefined;
}

interface ReadOptions {
  /** The folder that links must not lead out of. */
  readonly within?: string | undefined;
}

function cannot(path: string, what: string, error: unknown): UserError {
  const code = systemCode(error);
  if (code === undefined) throw error;
  return new UserError(`${path} cannot be ${what} (${code}). Nothing was changed.`, {
    code: `config-file/${code}`,
    cause: error,
  });
}

/** Resolves links as far as the path exists; its last part need not. */
async function targetOf(path: string, depth = 0): Promise<string> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isSymbolicLink() && depth < 40)
    return targetOf(resolve(dirname(path), await readlink(path)), depth + 1);
  if (stats !== undefined) return realpath(path);
  const parent = dirname(path);
  return parent === path
    ? path
    : join(await targetOf(parent, depth), path.slice(parent.length).replace(/^[\\/]+/, ''));
}

/** Whether a path is in a folder, both without links. */
function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/**
 * Reads a file, which need not exist.
 * @throws UserError if it cannot be read, is not text, or a link leads out of its folder.
 */
export async function readConfigFile(path: string, { within }: ReadOptions = {}): Promise<ConfigFile> {
  try {
    const target = await targetOf(path);
    if (within !== undefined && !isInside(await realpath(within), target))
      throw new UserError(`${path} is a link out of this folder, to ${target}. Nothing was changed.`, {
        code: 'config-file/link',
        next: 'remove the link, or edit what it leads to yourself',
      });
    const bytes = await readFile(target);
    if (!isUtf8(bytes))
      throw new UserError(`${path} is not UTF-8. Nothing was changed.`, { code: 'config-file/encoding' });
    return { path, target, text: bytes.toString('utf8') };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { path, target: await targetOf(path), text: undefined };
    throw cannot(path, 'read', error);
  }
}

/** @returns the folders that have to be made for a file, the topmost first. */
async function missingFolders(path: string): Promise<readonly string[]> {
  const folder = dirname(path);
  if (folder === path || (await stat(folder).catch(() => undefined)) !== undefined) return [];
  return [...(await missingFolders(folder)), folder];
}

async function refuseChanged({ path, target, text }: ConfigFile): Promise<void> {
  const now = await readFile(target, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (now !== text)
    throw new UserError(`${path} was changed by somebody else meanwhile. Nothing was written.`, {
      code: 'config-file/changed',
      next: 'run it again',
    });
}

/**
 * Writes the text atomically: readers see the old file or the new one. Mode and links stay.
 * @returns the folders that were made for it.
 * @throws UserError if it cannot be written, or is not as it was read any more.
 */
export async function writeConfigFile(file: ConfigFile, text: string): Promise<readonly string[]> {
  const { path, target } = file;
  const staged = `${target}.${randomUUID()}.tmp`;
  try {
    await refuseChanged(file);
    const made = await missingFolders(target);
    await mkdir(dirname(target), { recursive: true });
    const mode = (await stat(target).catch(() => undefined))?.mode;
    // To replace a file, the system asks only for the folder's permission, but whoever made it read-only meant the file.
    if (mode !== undefined && (mode & 0o222) === 0)
      throw new UserError(`${path} is read-only. Nothing was written.`, { code: 'config-file/read-only' });
    await writeFile(staged, text, { flag: 'wx' });
    if (mode !== undefined) await chmod(staged, mode & 0o7777);
    await rename(staged, target);
    return made;
  } catch (error) {
    await rm(staged, { force: true });
    throw cannot(path, 'written', error);
  }
}

/**
 * Deletes the file, and those of the folders that are then empty.
 * @throws UserError if it cannot be deleted, or is not as it was read any more.
 */
export async function deleteConfigFile(file: ConfigFile, folders: readonly string[]): Promise<void> {
  try {
    await refuseChanged(file);
    await rm(file.target);
  } catch (error) {
    throw cannot(file.path, 'deleted', error);
  }
  for (const folder of [...folders].reverse()) await rmdir(folder).catch(() => {});
}
