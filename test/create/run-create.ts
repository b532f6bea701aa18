import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Ended, run } from '../support/program.ts';
import { createProgram } from '../support/repository.ts';

export const quick = ['--no-install', '--no-git', '--no-check'];

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export function create(cwd: string, args: readonly string[], options: Options = {}): Promise<Ended> {
  return run(process.execPath, [createProgram, ...args], { cwd, ...options });
}

/** Every file below a folder, with `/`. */
export async function tree(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}
