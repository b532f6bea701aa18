import { type Context, isInteractive } from '../terminal/context.ts';
import { Interrupted, UsageError } from '../terminal/errors.ts';

/** What a person has to agree to before a command changes a project. */
export interface Agreement {
  /** As it was typed, without flags, e.g. `scalekit-mcp eject`. */
  readonly command: string;
  /** Why there is a question: the beginning of a sentence, e.g. `Ejecting changes files of this project`. */
  readonly reason: string;
  readonly question: string;
  /** Whether Enter alone agrees. */
  readonly preselected: boolean;
}

/**
 * Asks a person to agree, unless `--yes` was given.
 * @throws UsageError if nobody can be asked; Interrupted if the answer is no.
 */
export async function agree(
  flags: { readonly yes?: boolean; readonly json?: boolean },
  context: Context,
  { command, reason, question, preselected }: Agreement,
): Promise<void> {
  if (flags.yes === true) return;
  if (flags.json === true || !isInteractive(context))
    throw new UsageError(`${reason}, and there is nobody to agree to it.`, {
      code: 'arguments/yes',
      next: `${command} --dry-run shows what would change; ${command} --yes does it`,
    });
  const [{ confirm, isCancel }, { cancelOnCtrlD, promptSignal }] = await Promise.all([
    import('@clack/prompts'),
    import('../sign-in/terminal-visit.ts'),
  ]);
  cancelOnCtrlD();
  const answer = await confirm({
    message: question,
    initialValue: preselected,
    input: context.stdin,
    output: context.stdout,
    signal: promptSignal(context),
  });
  if (isCancel(answer) || !answer) throw new Interrupted('Cancelled. Nothing was changed.');
}
