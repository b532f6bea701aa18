import { type Context, isInteractive } from '../../terminal/context.ts';
import { Interrupted, UsageError } from '../../terminal/errors.ts';
import type { Diagnosis } from '../diagnose.ts';
import type { Facts } from '../facts/index.ts';
import type { Examination } from '../flags.ts';
import { applyFixes } from './apply.ts';
import { isEmpty, planFixes } from './plan.ts';
import { previewPlan } from './preview.ts';
import { tryFixes } from './trial.ts';

/** `scalekit-mcp doctor --fix`: shows what it would do, asks, and does it. What it says goes to stderr. */

/** @throws UsageError if nobody can be asked; Interrupted if the person stops it. */
async function isAgreed(plan: Examination, context: Context): Promise<boolean> {
  if (plan.yes) return true;
  if (!isInteractive(context))
    throw new UsageError('There is nobody to ask, so nothing was changed.', {
      next: 'npx scalekit-mcp doctor --fix --yes',
    });
  const [{ confirm, isCancel }, { cancelOnCtrlD, promptSignal }] = await Promise.all([
    import('@clack/prompts'),
    import('../../sign-in/terminal-visit.ts'),
  ]);
  cancelOnCtrlD();
  const answer = await confirm({ message: 'Do this?', signal: promptSignal(context) });
  if (isCancel(answer)) throw new Interrupted('Cancelled. Nothing was changed.');
  return answer;
}

/** What became of the fixes. */
interface Mended {
  readonly hasChanged: boolean;
  /** Something could not be done. */
  readonly hasFailed: boolean;
}

const nothing: Mended = { hasChanged: false, hasFailed: false };

/** @returns whether anything was changed, and whether all of it could be. */
export async function mend(
  facts: Facts,
  diagnosis: Diagnosis,
  plan: Examination,
  context: Context,
): Promise<Mended> {
  const { directory, env, envFile } = plan.target;
  const { results } = diagnosis;
  const say = (line: string) => context.stderr.write(`${line}\n`);
  const { good, refused } = await tryFixes({
    directory,
    env,
    envFile,
    facts,
    results,
    signal: context.signal,
  });
  for (const { code, reason } of refused)
    say(`${code} is not fixed automatically: tried on a copy, ${reason}.`);
  const fixes = planFixes(good);
  if (isEmpty(fixes)) {
    say('There is nothing that can be fixed automatically.');
    return nothing;
  }
  say(`\nTo fix ${fixes.codes.join(', ')}:\n${await previewPlan(plan.target.directory, fixes)}`);
  if (!(await isAgreed(plan, context))) {
    say('Nothing was changed.');
    return nothing;
  }
  const outcomes = await applyFixes(plan.target.directory, fixes, context.signal);
  for (const { what, error } of outcomes) say(error === undefined ? `✓ ${what}` : `✗ ${what}: ${error}`);
  say('');
  const hasFailed = outcomes.some(({ error }) => error !== undefined);
  return { hasChanged: outcomes.some(({ error }) => error === undefined), hasFailed };
}
