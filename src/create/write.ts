import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { File } from './answers.ts';
import { cannotWrite, inspectTarget, missingParents, refusalOf, refuseLinks } from './target.ts';

export interface WriteOptions {
  /** Writes into a folder that is not empty: our files replace files of the same path, nothing else is touched. */
  readonly overwrite: boolean;
  readonly signal: AbortSignal;
}

/** A project that was written, and how to undo it. */
export interface Written {
  /** Whether this run created the folder or found it empty, so that an interrupt may remove everything. */
  readonly fresh: boolean;
  /** Removes a fresh project and the parent folders that were created for it. Does nothing after an overwrite. */
  remove(): Promise<void>;
}

/** @returns whether a path would leave its folder on any system: absolute, with a drive, `..` or a backslash. */
export function leadsOut(path: string): boolean {
  return path.split('/').some((part) => part === '' || part === '.' || part === '..') || /[\\:\0]/.test(path);
}

/**
 * Refuses paths that would leave the target, and paths that differ only in case.
 * @throws Error, since a plan with such a path is a bug.
 */
export function checkPaths(files: readonly File[]): void {
  const seen = new Set<string>();
  for (const { path } of files) {
    if (leadsOut(path)) throw new Error(`A file cannot have the path ${JSON.stringify(path)}`);
    if (seen.has(path.toLowerCase())) throw new Error(`${path} is planned twice`);
    seen.add(path.toLowerCase());
  }
}

/** Writes all files below a folder of our own. Synchronously: for some thirty small files that takes a third of the time. */
function stage(folder: string, files: readonly File[], signal: AbortSignal): void {
  const folders = new Set(files.map((file) => dirname(join(folder, file.path))));
  for (const each of folders) mkdirSync(each, { recursive: true });
  for (const { path, content, mode } of files) {
    signal.throwIfAborted();
    writeFileSync(join(folder, path), content, { flag: 'wx', mode: mode ?? 0o644 });
  }
}

/** Steps that can be undone, the last first. */
class Journal {
  readonly #undo: Array<() => Promise<unknown>> = [];

  record(undo: () => Promise<unknown>): void {
    this.#undo.unshift(undo);
  }

  /** Undoes as much as possible: a step that fails does not stop the others. */
  async rollBack(): Promise<void> {
    for (const undo of this.#undo) await undo().catch(() => {});
  }
}

/** Moves staged files one by one into an existing folder. Files that they replace are kept in the stage until the end. */
async function merge(
  from: string,
  files: readonly File[],
  directory: string,
  options: { journal: Journal; signal: AbortSignal },
): Promise<void> {
  const { journal, signal } = options;
  const replaced = join(from, '.replaced');
  for (const { path } of files) await refuseLinks(directory, path);
  for (const { path } of files) {
    signal.throwIfAborted();
    const target = join(directory, path);
    const made = await mkdir(dirname(target), { recursive: true });
    if (made !== undefined) journal.record(() => rm(made, { recursive: true }));
    if ((await inspectTarget(target)).kind === 'file') {
      const kept = join(replaced, path);
      await mkdir(dirname(kept), { recursive: true });
      await rename(target, kept);
      journal.record(() => rename(kept, target));
    }
    await rename(join(from, path), target);
    journal.record(() => rm(target));
  }
}

/** Writes to a folder that does not exist: one rename makes the whole project appear at once. */
async function writeNew(files: readonly File[], directory: string, signal: AbortSignal): Promise<Written> {
  const { existing, missing } = await missingParents(directory);
  const removeParents = async () => {
    for (const parent of [...missing].reverse()) await rmdir(parent).catch(() => {});
  };
  let staged: string | undefined;
  try {
    staged = await mkdtemp(join(existing, '.create-scalekit-mcp-'));
    const project = join(staged, 'project');
    stage(project, files, signal);
    await mkdir(dirname(directory), { recursive: true });
    signal.throwIfAborted();
    await rename(project, directory);
  } catch (error) {
    if (staged !== undefined) await rm(staged, { recursive: true, force: true });
    await removeParents();
    throw signal.aborted ? signal.reason : cannotWrite(directory, error);
  }
  // The folder is empty now. `rm` would first load what removes whole trees.
  await rmdir(staged);
  const remove = async () => {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    await removeParents();
  };
  return { fresh: true, remove };
}

/** Writes to an existing folder: the stage is inside it, so that it is on the same file system. */
async function writeInto(
  files: readonly File[],
  directory: string,
  options: { fresh: boolean; before: readonly string[]; signal: AbortSignal },
): Promise<Written> {
  const { fresh, before, signal } = options;
  const journal = new Journal();
  let staged: string | undefined;
  try {
    staged = await mkdtemp(join(directory, '.create-scalekit-mcp-'));
    stage(staged, files, signal);
    await merge(staged, files, directory, { journal, signal });
  } catch (error) {
    await journal.rollBack();
    if (staged !== undefined) await rm(staged, { recursive: true, force: true });
    throw signal.aborted ? signal.reason : cannotWrite(directory, error);
  }
  await rm(staged, { recursive: true, force: true });
  const remove = async () => {
    const now = await inspectTarget(directory);
    if (!fresh || !('entries' in now)) return;
    for (const entry of now.entries.filter((name) => !before.includes(name)))
      await rm(join(directory, entry), { recursive: true, force: true, maxRetries: 3 });
  };
  return { fresh, remove };
}

/**
 * Writes a project completely or not at all: staged beside or inside the target, on the same file system, then moved into
 * place.
 * @param directory absolute.
 * @throws UserError if the target cannot be used, the disk is full, and so on; the signal's reason after an abort. Nothing
 * is left behind then.
 */
export async function writeProject(
  files: readonly File[],
  directory: string,
  options: WriteOptions,
): Promise<Written> {
  checkPaths(files);
  const target = await inspectTarget(directory);
  const refusal = refusalOf(directory, target, options.overwrite);
  if (refusal !== undefined) throw refusal;
  if (target.kind === 'absent') return writeNew(files, directory, options.signal);
  const before = 'entries' in target ? target.entries : [];
  return writeInto(files, directory, { fresh: target.kind === 'empty', before, signal: options.signal });
}
