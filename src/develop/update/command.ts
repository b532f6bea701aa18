import { compareVersions } from '../../doctor/versions.ts';
import { packageManagerOf } from '../../project/package-manager.ts';
import type { Context, ExitCode } from '../../terminal/context.ts';
import { UsageError, UserError } from '../../terminal/errors.ts';
import { jsonText } from '../../terminal/json.ts';
import { type Screen, screenOf, silent } from '../../terminal/screen.ts';
import { version } from '../../terminal/version.ts';
import { agree } from '../agree.ts';
import { installAgain } from '../install-again.ts';
import { refuseDirty } from './dirty.ts';
import { handOver, newestProgram } from './hand-over.ts';
import { applyAndKeep } from './journal.ts';
import { pending, planUpdate, type UpdatePlan } from './plan.ts';
import { readProjectRecord } from './record.ts';
import { describe, reportOf, type UpdateFlags, type UpdateReport } from './report.ts';
import { undo } from './undo.ts';

/** `scalekit-mcp update`: updates the owner's files to the newest template. */

const modes = ['check', 'diff', 'undo', 'dryRun'] as const;
const flagOf = (name: string) => `--${name.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)}`;

function refuseTogether(flags: UpdateFlags): void {
  const given = modes.filter((mode) => flags[mode] === true && !(mode === 'dryRun' && flags.undo === true));
  if (given.length > 1)
    throw new UsageError(`${given.map(flagOf).join(' and ')} do not go together.`, {
      code: 'arguments/conflict',
      next: 'scalekit-mcp update --help',
    });
}

/** An older program knows only older templates, and would undo what a newer one has done. */
function refuseOlder(made: string): void {
  if (compareVersions(made, version) <= 0) return;
  throw new UserError(
    `The project is of scalekit-mcp ${made}, and this is ${version}, which is older. Nothing was changed.`,
    {
      code: 'update/older',
      next: 'npx scalekit-mcp@latest update',
    },
  );
}

async function planFor(context: Context): Promise<UpdatePlan> {
  const [record, { plan }, { loadTemplates, released }, { readTooling }] = await Promise.all([
    readProjectRecord(context.cwd, context.env),
    import('../../create/plan.ts'),
    import('../../create/packed.ts'),
    import('../../create/tooling.ts'),
  ]);
  const tooling = await readTooling(released, context);
  const { answers } = record;
  const rendered = await plan({ answers, templates: loadTemplates(answers.language), tooling });
  return planUpdate(context.cwd, record, rendered, {
    to: tooling.version,
    env: context.env,
    signal: context.signal,
  });
}

const agreement = {
  command: 'scalekit-mcp update',
  reason: 'Updating changes files of this project',
  question: 'Update these files? `scalekit-mcp update --undo` takes it back.',
  preselected: true,
};

async function perform(plan: UpdatePlan, context: Context, screen: Screen): Promise<void> {
  const contents = new Map<string, string | Uint8Array | undefined>(plan.writes);
  for (const path of plan.removes) contents.set(path, undefined);
  const { from, to, installs } = plan;
  const manager = packageManagerOf(context.cwd);
  await applyAndKeep(context.cwd, context.env, { from, to, installs, contents });
  // Without a lockfile, nothing has been installed here yet.
  if (!installs || manager === undefined) return;
  await screen.step(
    `Installing with ${manager}`,
    () =>
      installAgain(context.cwd, manager, context, { code: 'update/install', done: 'The files are updated' }),
    () => `Installed with ${manager}`,
  );
}

/**
 * Updates the project in this folder.
 * @returns 0 when it is done or there is nothing to do; 1 with conflicts, and with `--check` if there is something to do.
 * @throws UserError if it cannot be done; UsageError for options that contradict each other, and without a terminal and `--yes`.
 */
export async function update(flags: UpdateFlags, context: Context): Promise<ExitCode> {
  refuseTogether(flags);
  const screen = flags.json === true || flags.diff === true ? silent : screenOf(context);
  if (flags.undo === true) return undo(flags, context, screen);
  refuseOlder((await readProjectRecord(context.cwd, context.env)).version);
  const { released } = await import('../../create/packed.ts');
  const newest = await newestProgram(context, released);
  if ('version' in newest) {
    const given = Object.entries(flags).flatMap(([name, value]) => (value === true ? [flagOf(name)] : []));
    screen.line(`i scalekit-mcp ${newest.version} is the newest, and does it.`);
    return handOver(newest.version, given, context);
  }
  const notes = newest.note === undefined ? [] : [newest.note];
  for (const note of notes) screen.line(`i ${note}`);
  const plan = await planFor(context);
  for (const line of describe(plan)) screen.line(line);
  return finish(plan, flags, context, { screen, notes });
}

/** Prints the result: a JSON document, a diff, or lines. */
function print(report: UpdateReport, flags: UpdateFlags, context: Context, screen: Screen): void {
  if (flags.json === true) context.stdout.write(jsonText(report));
  else if (report.diff !== undefined) context.stdout.write(report.diff === '' ? '' : `${report.diff}\n`);
  if (report.error !== undefined) screen.line(`\n${report.error.message}\n  → ${report.error.next}`);
  if (report.next.length > 0) screen.line('\nNext:');
  for (const command of report.next) screen.line(`  ${command}`);
}

async function finish(
  plan: UpdatePlan,
  flags: UpdateFlags,
  context: Context,
  { screen, notes }: { readonly screen: Screen; readonly notes: readonly string[] },
): Promise<ExitCode> {
  const waits = pending(plan).length > 0;
  const dryRun = flags.check === true || flags.diff === true || flags.dryRun === true;
  const diff =
    flags.diff && (await (await import('./difference.ts')).differenceOf(context.cwd, plan, context));
  if (!waits) screen.line(`✓ The project is as scalekit-mcp ${plan.to} would make it today.`);
  if (!dryRun && (waits || plan.from !== plan.to)) {
    if (flags.force !== true) await refuseDirty(context);
    if (waits) await agree(flags, context, agreement);
    await perform(plan, context, screen);
  }
  const name = packageManagerOf(context.cwd) ?? 'npm';
  const report = reportOf(plan, { flags, packageManager: name, dryRun, notes, diff: diff || undefined });
  print(report, flags, context, screen);
  return report.exitCode;
}
