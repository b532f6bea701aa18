import { randomUUID } from 'node:crypto';
import { chmod, lstat, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeEnv, type EnvFile } from '../../project/env-file.ts';
import { printable } from '../../scalekit/index.ts';
import type { Command, Edit } from '../model.ts';
import { EditRefused, editText } from './edit-text.ts';
import type { FixPlan } from './plan.ts';

/** What became of one file or one command of a plan. */
export interface FixOutcome {
  /** The file, or the command. */
  readonly what: string;
  /** Why it was not done; the file is then as it was. */
  readonly error?: string;
}

/** Writable by anyone. To replace a file, the system asks only for the folder's permission, but its owner meant the file's. */
const writable = 0o222;

async function readIfThere(path: string): Promise<EnvFile & { mode: number | undefined }> {
  const stat = await lstat(path).catch(() => undefined);
  if (stat === undefined) return { ...decodeEnv(new Uint8Array()), mode: undefined };
  // A link may lead out of the project, where nobody asked for a change.
  if (!stat.isFile()) throw new EditRefused('it is not an ordinary file');
  return { ...decodeEnv(await readFile(path)), mode: stat.mode & 0o777 };
}

/** Writes a file whole or not at all: beside the old one, and then in its place. */
async function replaceFile(path: string, text: Uint8Array, mode: number | undefined): Promise<void> {
  const staged = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(staged, text, { mode: mode ?? 0o644, flag: 'wx' });
    if (mode !== undefined) await chmod(staged, mode);
    await rename(staged, path);
  } catch (error) {
    await rm(staged, { force: true });
    throw error;
  }
}

async function editFile(directory: string, file: string, edits: readonly Edit[]): Promise<FixOutcome> {
  const path = join(directory, file);
  try {
    const { text, encode, mode } = await readIfThere(path);
    // Makes all edits of a file, or none.
    let edited = text;
    let newMode = mode;
    for (const edit of edits) {
      if (edit.kind === 'mode') newMode = edit.mode;
      else edited = editText(edited, edit);
    }
    if (edited !== text && mode !== undefined && (mode & writable) === 0)
      throw new EditRefused('it is read-only');
    if (edited !== text || newMode !== mode) await replaceFile(path, encode(edited), newMode);
    return { what: file };
  } catch (error) {
    return { what: file, error: printable(error instanceof Error ? error.message : String(error)) };
  }
}

async function runCommand(directory: string, command: Command, signal: AbortSignal): Promise<FixOutcome> {
  const [program = '', ...args] = command;
  const what = command.join(' ');
  const { lastLines, runProgram } = await import('../../project/programs.ts');
  const result = await runProgram(program, args, { cwd: directory, env: process.env, signal });
  if (result.exitCode === 0) return { what };
  const why = result.absent ? `${program} was not found` : lastLines(result.output, 1);
  return { what, error: why || `it ended with ${result.exitCode ?? result.signal}` };
}

/**
 * Does what was planned: first the files, then the commands.
 * @throws what aborted the signal.
 */
export async function applyFixes(
  directory: string,
  plan: FixPlan,
  signal: AbortSignal,
): Promise<readonly FixOutcome[]> {
  const outcomes: FixOutcome[] = [];
  for (const [file, edits] of plan.files) outcomes.push(await editFile(directory, file, edits));
  for (const command of plan.commands) {
    signal.throwIfAborted();
    outcomes.push(await runCommand(directory, command, signal));
  }
  signal.throwIfAborted();
  return outcomes;
}
