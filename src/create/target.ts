import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode, UserError } from '../terminal/errors.ts';
import type { File } from './answers.ts';

/** What is where the project should go. */
export type Target =
  | { readonly kind: 'absent' }
  /** Nothing of its own, or only what `git init` and file managers leave there. */
  | { readonly kind: 'empty'; readonly entries: readonly string[] }
  | { readonly kind: 'directory'; readonly entries: readonly string[] }
  | { readonly kind: 'file' }
  | { readonly kind: 'link'; readonly to: string };

/** What is no project yet: a repository without files, and what file managers drop. create-vite draws the line here too. */
const harmless: ReadonlySet<string> = new Set(['.git', '.DS_Store', 'Thumbs.db']);

/**
 * Looks at a path without following it.
 * @throws UserError when a part of the path is a file, or may not be read.
 */
export async function inspectTarget(directory: string): Promise<Target> {
  try {
    const stats = await lstat(directory);
    if (stats.isSymbolicLink()) return { kind: 'link', to: await readlink(directory) };
    if (!stats.isDirectory()) return { kind: 'file' };
    const entries = await readdir(directory);
    return { kind: entries.every((entry) => harmless.has(entry)) ? 'empty' : 'directory', entries };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { kind: 'absent' };
    throw cannotWrite(directory, error);
  }
}

/** @returns the error of a target that cannot take a project as it is, or undefined. */
export function refusalOf(directory: string, target: Target, overwrite: boolean): UserError | undefined {
  if (target.kind === 'file')
    return new UserError(`${directory} is a file.`, {
      code: 'directory/file',
      next: 'Choose another directory.',
    });
  if (target.kind === 'link') {
    return new UserError(`${directory} is a symbolic link to ${target.to}.`, {
      code: 'directory/link',
      next: 'Give the directory itself: links are not followed.',
    });
  }
  if (target.kind !== 'directory' || overwrite) return undefined;
  const some = target.entries.slice(0, 3).join(', ');
  const more = target.entries.length > 3 ? ` and ${target.entries.length - 3} more` : '';
  return new UserError(`${directory} is not empty: it has ${some}${more}.`, {
    code: 'directory/not-empty',
    next: 'Choose another directory, or --overwrite to write into it (what is not ours stays).',
  });
}

const explanations: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full',
  EDQUOT: 'Your disk quota is used up',
  EROFS: 'The file system is read-only',
  EACCES: 'You may not write there',
  EPERM: 'You may not write there',
  ENOTDIR: 'A part of the path is a file',
  ENAMETOOLONG: 'The path is too long',
  ELOOP: 'The path has a loop of symbolic links',
};

/** Explains a failed file operation. Nothing is left behind when this is thrown while writing. */
export function cannotWrite(path: string, error: unknown): UserError {
  // An interrupt or a refusal of ours has no system code, and stays what it is.
  const code = systemCode(error);
  if (code === undefined) throw error;
  const why = explanations[code] ?? (error instanceof Error ? error.message : code);
  return new UserError(`Cannot write ${path}: ${why} (${code}). Nothing was left behind.`, {
    code: `write/${code}`,
    next:
      code === 'ENOSPC' || code === 'EDQUOT' ? 'Make room, then run it again.' : 'Choose another directory.',
    cause: error,
  });
}

/** @returns the nearest folder above a path that exists, and the folders between that do not, the topmost first. */
export async function missingParents(
  path: string,
): Promise<{ existing: string; missing: readonly string[] }> {
  const missing: string[] = [];
  let parent = dirname(path);
  while ((await inspectTarget(parent)).kind === 'absent' && dirname(parent) !== parent) {
    missing.unshift(parent);
    parent = dirname(parent);
  }
  return { existing: parent, missing };
}

/**
 * Makes sure that no folder on the way to a file is a symbolic link: writing would leave the target.
 * @param path relative, with `/`.
 * @throws UserError naming the link.
 */
export async function refuseLinks(directory: string, path: string): Promise<void> {
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const part = join(directory, ...parts.slice(0, depth));
    const target = await inspectTarget(part);
    if (target.kind === 'absent') return;
    const last = depth === parts.length;
    if (target.kind === 'link') {
      throw new UserError(`${part} is a symbolic link to ${target.to}: nothing was written.`, {
        code: 'write/link',
        next: 'Remove the link, or choose another directory.',
      });
    }
    if (last !== (target.kind === 'file')) {
      const is = last ? 'a folder where a file should go' : 'a file where a folder should go';
      throw new UserError(`${part} is ${is}: nothing was written.`, { code: 'write/kind' });
    }
  }
}

/** @returns the paths of the files that are there already and hold something else. */
export async function replacedBy(files: readonly File[], directory: string): Promise<readonly string[]> {
  const replaced: string[] = [];
  for (const { path, content } of files) {
    const there = await readFile(join(directory, path)).catch(() => undefined);
    if (there !== undefined && !there.equals(Buffer.from(content))) replaced.push(path);
  }
  return replaced;
}
