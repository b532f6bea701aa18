import { changeFiles } from '../../project/change-files.ts';
import { packageManager } from '../../project/package-manager.ts';
import { type Context, type ExitCode, exitCodes } from '../../terminal/context.ts';
import { jsonText } from '../../terminal/json.ts';
import { screenOf, silent } from '../../terminal/screen.ts';
import { agree } from '../agree.ts';
import { installAgain } from '../install-again.ts';
import { type EjectPlan, planEject } from './plan.ts';
import { protectionFolder } from './protection.ts';

/** `scalekit-mcp eject`: the protection's source becomes the project's own. */

/** The options as they were typed. */
export interface EjectFlags {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What `--json` prints. */
export interface EjectReport {
  readonly ok: true;
  readonly exitCode: ExitCode;
  readonly dryRun: boolean;
  /** The version of the package that the source was taken from. */
  readonly version: string;
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  /** Commands to go on with, in order. */
  readonly next: readonly string[];
}

function reportOf(plan: EjectPlan, dryRun: boolean): EjectReport {
  const manager = packageManager(plan.packageManager);
  return {
    ok: true,
    exitCode: exitCodes.ok,
    dryRun,
    version: plan.version,
    written: [...plan.writes.keys()],
    removed: plan.removes,
    dependencies: plan.dependencies,
    notes: plan.notes,
    next: [manager.run('test'), manager.run('doctor')],
  };
}

function describe(plan: EjectPlan): readonly string[] {
  const own = [...plan.writes.keys()].filter((path) => path.startsWith('src/protect/'));
  const changed = [...plan.writes.keys()].filter((path) => !own.includes(path));
  const dependencies = Object.entries(plan.dependencies).map(([name, range]) => `${name} ${range}`);
  return [
    `scalekit-mcp-server ${plan.version} becomes your own code:`,
    `  new      src/protect/ (${own.length} files)`,
    ...changed.map((path) => `  changed  ${path}`),
    ...plan.removes.map((path) => `  gone     ${path}`),
    ...dependencies.map((each) => `  depends  ${each}`),
    ...plan.notes.map((note) => `i ${note}`),
  ];
}

const agreement = {
  command: 'scalekit-mcp eject',
  reason: 'Ejecting changes files of this project',
  question: 'Take the protection over? There is no way back but git.',
  preselected: false,
};

/**
 * Ejects the protection of the project in this folder.
 * @returns 0 when it is done, or with `--dry-run` shown.
 * @throws UserError if it cannot be done; UsageError without a terminal and without `--yes`.
 */
export async function eject(flags: EjectFlags, context: Context): Promise<ExitCode> {
  const screen = flags.json === true ? silent : screenOf(context);
  const plan = planEject(context.cwd);
  for (const line of describe(plan)) screen.line(line);
  const report = reportOf(plan, flags.dryRun === true);
  if (flags.dryRun !== true) {
    await agree(flags, context, agreement);
    changeFiles(context.cwd, plan, 'eject/write');
    await screen.step(
      `Installing with ${plan.packageManager}`,
      () =>
        installAgain(context.cwd, plan.packageManager, context, {
          code: 'eject/install',
          done: `The protection is in ${protectionFolder}`,
        }),
      () => `Installed with ${plan.packageManager}`,
    );
    screen.line(`\nThe protection is in src/protect/. Next:`);
    for (const command of report.next) screen.line(`  ${command}`);
  }
  if (flags.json === true) context.stdout.write(jsonText(report));
  return exitCodes.ok;
}
