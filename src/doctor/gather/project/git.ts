import { execFile } from 'node:child_process';

/** Runs git. @returns its exit code, or undefined where git itself could not run. */
function git(directory: string, args: readonly string[]): Promise<number | undefined> {
  return new Promise((resolve) => {
    const child = execFile('git', [...args], { cwd: directory, timeout: 3000 }, (error) => {
      if (error === null) resolve(0);
      else resolve(typeof error.code === 'number' ? error.code : undefined);
    });
    child.stdin?.end();
  });
}

/** @returns whether git tracks a file, and whether .gitignore names it; undefined outside a repository and without git. */
export async function gitState(
  directory: string,
  file: string,
): Promise<{ readonly tracked: boolean; readonly ignored: boolean } | undefined> {
  const [tracked, ignored] = await Promise.all([
    git(directory, ['ls-files', '--error-unmatch', '--', file]),
    git(directory, ['check-ignore', '--quiet', '--no-index', '--', file]),
  ]);
  // Outside a repository both end with 128.
  if (tracked === undefined || ignored === undefined || ignored > 1) return undefined;
  return { tracked: tracked === 0, ignored: ignored === 0 };
}
