import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Runs git. @returns its exit code, or undefined where git itself could not run. */
async function git(directory: string, args: readonly string[]): Promise<number | undefined> {
  const { runProgram } = await import('../../../project/programs.ts');
  const { exitCode } = await runProgram('git', args, { cwd: directory, env: process.env, limit: 3000 });
  return exitCode;
}

/** Whether git could find a repository here: starting git twice to learn that there is none costs 40 ms. */
function mayBeRepository(directory: string): boolean {
  if (process.env.GIT_DIR !== undefined) return true;
  const parent = dirname(directory);
  return existsSync(join(directory, '.git')) || (parent !== directory && mayBeRepository(parent));
}

/** @returns whether git tracks a file, and whether .gitignore names it; undefined outside a repository and without git. */
export async function gitState(
  directory: string,
  file: string,
): Promise<{ readonly tracked: boolean; readonly ignored: boolean } | undefined> {
  if (!mayBeRepository(resolve(directory))) return undefined;
  const [tracked, ignored] = await Promise.all([
    git(directory, ['ls-files', '--error-unmatch', '--', file]),
    git(directory, ['check-ignore', '--quiet', '--no-index', '--', file]),
  ]);
  // Outside a repository both end with 128.
  if (tracked === undefined || ignored === undefined || ignored > 1) return undefined;
  return { tracked: tracked === 0, ignored: ignored === 0 };
}
