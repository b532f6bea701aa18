import { lastLines } from '../../project/programs.ts';
import type { Context } from '../../terminal/context.ts';
import { UserError } from '../../terminal/errors.ts';

/**
 * Refuses a folder with uncommitted changes: nobody could tell them from those of the update.
 * If there is no git, or no repository, nothing is refused.
 */
export async function refuseDirty({ cwd, env, signal }: Context): Promise<void> {
  const { runProgram } = await import('../../project/programs.ts');
  const status = await runProgram('git', ['status', '--porcelain', '--', '.'], { cwd, env, signal });
  if (status.exitCode !== 0 || status.stdout.trim() === '') return;
  throw new UserError(
    `There are changes that are not committed:\n${lastLines(status.stdout, 5)}\nNothing was changed.`,
    {
      code: 'update/dirty',
      next: 'git commit or git stash, and run it again; scalekit-mcp update --force goes on all the same',
    },
  );
}
