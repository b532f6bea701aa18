import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCode, UserError } from '../terminal/errors.ts';

/** Changes to a project's files, by paths relative to its folder. */
export interface FileChanges {
  readonly writes: ReadonlyMap<string, string | Uint8Array>;
  readonly removes?: readonly string[];
}

function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function restore(path: string, content: Buffer | undefined): void {
  if (content === undefined) rmSync(path, { force: true });
  // A file that could not be written is unchanged, and could not be written now either.
  else if (contentOf(path)?.equals(content) !== true) writeFileSync(path, content);
}

/** @returns the paths that could not be restored. */
function takeBack(
  directory: string,
  before: ReadonlyMap<string, Buffer | undefined>,
  madeFolders: readonly string[],
): readonly string[] {
  const left: string[] = [];
  for (const [path, content] of before) {
    try {
      restore(join(directory, path), content);
    } catch {
      left.push(path);
    }
  }
  for (const folder of madeFolders) rmSync(folder, { recursive: true, force: true });
  return left;
}

/** Removes the folders of removed files that are empty now. */
function removeEmptyFolders(directory: string, removes: readonly string[]): void {
  for (const path of removes) {
    try {
      for (let folder = dirname(path); folder !== '.'; folder = dirname(folder))
        rmdirSync(join(directory, folder));
    } catch {
      // It has other files, or is gone already.
    }
  }
}

/**
 * Changes all files or none: after a failure everything is restored. Folders that this leaves empty go as well.
 * @param code of the error, e.g. `eject/write`.
 * @throws UserError naming the file that could not be changed.
 */
export function changeFiles(directory: string, { writes, removes = [] }: FileChanges, code: string): void {
  const before = new Map<string, Buffer | undefined>();
  const madeFolders: string[] = [];
  let current = '';
  try {
    for (const path of [...writes.keys(), ...removes]) {
      current = path;
      before.set(path, contentOf(join(directory, path)));
    }
    for (const [path, text] of writes) {
      current = path;
      const made = mkdirSync(dirname(join(directory, path)), { recursive: true });
      if (made !== undefined) madeFolders.push(made);
      writeFileSync(join(directory, path), text);
    }
    for (const path of removes) {
      current = path;
      rmSync(join(directory, path), { force: true });
    }
  } catch (error) {
    const cause = systemCode(error);
    const left = takeBack(directory, before, madeFolders);
    if (cause === undefined) throw error;
    const outcome =
      left.length === 0
        ? 'The project is unchanged.'
        : `These could not be restored, fix them by hand: ${left.join(', ')}.`;
    throw new UserError(`${current} cannot be written (${cause}). ${outcome}`, { code, cause: error });
  }
  removeEmptyFolders(directory, removes);
}
