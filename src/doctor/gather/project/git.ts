import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { askProgram } from '../../../project/quick-program.ts';

/** Whether git could find a repository here: starting git to learn that there is none costs 20 ms. */
function mayBeRepository(directory: string): boolean {
  const parent = dirname(directory);
  return existsSync(join(directory, '.git')) || (parent !== directory && mayBeRepository(parent));
}

/**
 * @param file one that exists.
 * @returns whether git tracks it, and whether .gitignore names it; undefined outside a repository and without git.
 */
export async function gitState(
  directory: string,
  file: string,
): Promise<{ readonly tracked: boolean; readonly ignored: boolean } | undefined> {
  if (!mayBeRepository(resolve(directory))) return undefined;
  // One command answers both: it lists what is tracked (H) and what is neither tracked nor ignored (?).
  const listing = ['ls-files', '-tco', '--exclude-standard', '--', file];
  const { exitCode, stdout } = await askProgram('git', listing, directory);
  if (exitCode !== 0) return undefined;
  if (!stdout.startsWith('H')) return { tracked: false, ignored: stdout === '' };
  const ignore = await askProgram('git', ['check-ignore', '--quiet', '--no-index', '--', file], directory);
  return { tracked: true, ignored: ignore.exitCode === 0 };
}
