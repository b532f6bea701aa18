import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode, UserError } from '../terminal/errors.ts';
import type { File } from './answers.ts';

/** What exists at the project's path. */
export type Target =
  | { readonly kind: 'absent' }
  /** Nothing, or only what `git init` and file managers leave there. */
  | { readonly kind: 'empty'; readonly entries: readonly string[] }
  | { readonly kind: 'directory'; readonly entries: readonly string[] }
  | { readonly kind: 'file' }
  | { readonly kind: 'link'; readonly to: string };

/** Entries that do not count as content: an empty repository, and what file managers leave. create-vite has the same rule. */
const harmless: ReadonlySet<string> = new Set(['.git', '.DS_Store', 'Thumbs.db']);

/**
 * Inspects a path without following links.
 * @throws UserError if a part of the path is a file, or may not be read.
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

/** @returns why a project cannot be written to a target, or undefined. */
export function refusalOf(directory: string, target: Target, overwrite: boolean): UserError | undefined {
  if (target.kind === 'file')
    return new UserError(`${directory} is a file.`, {
      code: 'directory/file',
      next: 'Choose another directory.',
    });
  if (target.kind === 'link') {
    return new UserError(`${directory} is a symbolic link to ${target.to}.`, {
      code: 'directory/link',
      next: 'Give the real directory: links are not followed.',
    });
  }
  if (target.kind !== 'directory' || overwrite) return undefined;
  const firstEntries = target.entries.slice(0, 3).join(', ');
  const more = target.entries.length > 3 ? ` and ${target.entries.length - 3} more` : '';
  return new UserError(`${directory} is not empty: it has ${firstEntries}${more}.`, {
    code: 'directory/not-empty',
    next: 'Choose another directory, or --overwrite to write into it (it replaces files of the same name).',
  });
}

const explanations: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full',
  EDQUOT: 'Your disk quota is used up',
  EROFS: 'The file system is read-only',
  EACCES: 'You do not have permission to write there',
  EPERM: 'You do not have permission to write there',
  ENOTDIR: 'A part of the path is a file',
  ENAMETOOLONG: 'The path is too long',
  ELOOP: 'The path has a loop of symbolic links',
};

/** Explains a failed file operation. The caller leaves nothing behind. */
export function cannotWrite(path: string, error: unknown): UserError {
  // An interrupt or an error of our own has no system code, and is passed on.
  const code = systemCode(error);
  if (code === undefined) throw error;
  const why = explanations[code] ?? (error instanceof Error ? error.message : code);
  return new UserError(`Cannot write ${path}: ${why} (${code}). Nothing was left behind.`, {
    code: `write/${code}`,
    next:
      code === 'ENOSPC' || code === 'EDQUOT'
        ? 'Free some space, then run it again.'
        : 'Choose another directory.',
    cause: error,
  });
}

/** @returns the nearest existing folder above a path, and the missing folders in between, the topmost first. */
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
 * Makes sure that no folder on the path to a file is a symbolic link, which would lead out of the target.
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

/** @returns the paths of files that exist with another content. */
export async function replacedBy(files: readonly File[], directory: string): Promise<readonly string[]> {
  const replaced: string[] = [];
  for (const { path, content } of files) {
    const there = await readFile(join(directory, path)).catch(() => undefined);
    if (there !== undefined && !there.equals(Buffer.from(content))) replaced.push(path);
  }
  return replaced;
}
