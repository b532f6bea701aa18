import { packageManagerOf } from '../../project/package-manager.ts';
import { type Context, type ExitCode, exitCodes } from '../../terminal/context.ts';
import { UserError } from '../../terminal/errors.ts';
import { jsonText } from '../../terminal/json.ts';
import type { Screen } from '../../terminal/screen.ts';
import { agree } from '../agree.ts';
import { installAgain } from '../install-again.ts';
import { applyAndKeep, readUndo } from './journal.ts';

interface UndoFlags {
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What `--undo --json` prints. */
export interface UndoReport {
  readonly ok: true;
  readonly exitCode: ExitCode;
  readonly dryRun: boolean;
  readonly from: string;
  readonly to: string;
  /** Paths of files that are restored to their state before the update. */
  readonly restored: readonly string[];
  readonly next: readonly string[];
}

/**
 * Undoes the last update of this project.
 * @throws UserError if there is none, or files have changed since. With `--force` they are stored, so that another undo restores them.
 */
export async function undo(flags: UndoFlags, context: Context, screen: Screen): Promise<ExitCode> {
  const { changed, ...applied } = await readUndo(context.cwd, context.env);
  if (changed.length > 0 && flags.force !== true)
    throw new UserError(`These have changed since the update: ${changed.join(', ')}. Nothing was changed.`, {
      code: 'update/changed-since',
      next: 'scalekit-mcp update --undo --force takes it back all the same; a second --undo brings these back',
    });
  const restored = [...applied.contents.keys()];
  screen.line(`Back to scalekit-mcp ${applied.to}: ${restored.join(', ')}`);
  if (flags.dryRun !== true) {
    await agree(flags, context, {
      command: 'scalekit-mcp update --undo',
      reason: 'Undoing changes files of this project',
      question: 'Bring these files back?',
      preselected: true,
    });
    await applyAndKeep(context.cwd, context.env, applied);
    const manager = packageManagerOf(context.cwd);
    if (applied.installs && manager !== undefined)
      await screen.step(
        `Installing with ${manager}`,
        () =>
          installAgain(context.cwd, manager, context, { code: 'update/install', done: 'The files are back' }),
        () => `Installed with ${manager}`,
      );
    screen.line('✓ The update is taken back. Another --undo makes it again.');
  }
  const { from, to } = applied;
  const report: UndoReport = {
    ok: true,
    exitCode: exitCodes.ok,
    dryRun: flags.dryRun === true,
    from,
    to,
    restored,
    next: [],
  };
  if (flags.json === true) context.stdout.write(jsonText(report));
  return exitCodes.ok;
}
