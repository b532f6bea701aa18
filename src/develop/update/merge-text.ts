import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunOptions } from '../../project/programs.ts';
import { UserError } from '../../terminal/errors.ts';

/** What the sides of a conflict are called in the file. */
export interface Labels {
  readonly base: string;
  readonly theirs: string;
}

/**
 * Merges three texts as git does.
 * @returns the text, with git's conflict markers where both have changed the same lines, and the number of such places.
 * @throws UserError if git is not installed.
 */
export async function mergeTexts(
  texts: { readonly mine: string; readonly base: string; readonly theirs: string },
  labels: Labels,
  options: Omit<RunOptions, 'cwd'>,
): Promise<{ readonly text: string; readonly conflicts: number }> {
  const { runProgram } = await import('../../project/programs.ts');
  const folder = await mkdtemp(join(tmpdir(), 'scalekit-mcp-merge-'));
  try {
    for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text);
    const named = ['yours', labels.base, labels.theirs].flatMap((label) => ['-L', label]);
    const result = await runProgram('git', ['merge-file', ...named, 'mine', 'base', 'theirs'], {
      ...options,
      cwd: folder,
    });
    // The exit code is the number of conflicts, up to 127; everything above is an error.
    const { exitCode: conflicts = 255 } = result;
    if (conflicts > 127)
      throw new UserError(
        result.absent
          ? 'Files were changed by you and by the newer template, and git, which merges them, was not found.'
          : `git could not merge a file: ${result.output.trim()}`,
        { code: 'update/git', next: 'install git, and run scalekit-mcp update again' },
      );
    return { text: await readFile(join(folder, 'mine'), 'utf8'), conflicts };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
