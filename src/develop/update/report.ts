import { type PackageManagerName, packageManager } from '../../project/package-manager.ts';
import { type ExitCode, exitCodes } from '../../terminal/context.ts';
import type { ErrorReport } from '../../terminal/error-document.ts';
import { type FileUpdate, pending, type UpdatePlan } from './plan.ts';

/** The options as they were typed. */
export interface UpdateFlags {
  readonly check?: boolean;
  readonly diff?: boolean;
  readonly undo?: boolean;
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What `--json` prints. */
export interface UpdateReport {
  readonly ok: boolean;
  readonly exitCode: ExitCode;
  /** With `--check`, `--diff` and `--dry-run` nothing is changed. */
  readonly dryRun: boolean;
  readonly from: string;
  readonly to: string;
  readonly files: readonly FileUpdate[];
  /** Paths of files that a person has to look at. */
  readonly conflicts: readonly string[];
  readonly notes: readonly string[];
  /** With `--diff`. */
  readonly diff?: string;
  /** Commands to go on with, in order. */
  readonly next: readonly string[];
  /** With conflicts. */
  readonly error?: ErrorReport;
}

const words: Readonly<Record<FileUpdate['fate'], string>> = {
  added: 'new',
  replaced: 'changed',
  merged: 'merged',
  conflict: 'CONFLICT',
  removed: 'gone',
  deleted: 'stays deleted',
  kept: 'stays yours',
  left: 'left alone',
};

/** @returns what happens to each file, as lines. */
export function describe(plan: UpdatePlan): readonly string[] {
  const lines = plan.files.map(
    ({ path, fate, detail }) => `  ${words[fate].padEnd(13)}  ${path}${detail ? `: ${detail}` : ''}`,
  );
  const versions = plan.from === plan.to ? plan.to : `${plan.from} -> ${plan.to}`;
  return lines.length === 0 ? [] : [`scalekit-mcp ${versions}:`, ...lines];
}

const conflictsIn = (plan: UpdatePlan) =>
  plan.files.filter(({ fate }) => fate === 'conflict').map(({ path }) => path);

/** What to do next: update, or check the result. */
function nextOf(plan: UpdatePlan, { packageManager: name, dryRun }: About): readonly string[] {
  if (pending(plan).length === 0) return [];
  if (dryRun) return [packageManager(name).exec('scalekit-mcp update')];
  return [packageManager(name).run('test'), packageManager(name).exec('scalekit-mcp update --undo')];
}

interface About {
  readonly flags: UpdateFlags;
  readonly packageManager: PackageManagerName;
  readonly dryRun: boolean;
  readonly notes: readonly string[];
  readonly diff: string | undefined;
}

/** @returns what `--json` prints, with the exit code of the command. */
export function reportOf(plan: UpdatePlan, about: About): UpdateReport {
  const { flags, dryRun, notes, diff } = about;
  const conflicts = conflictsIn(plan);
  const clash = !dryRun && conflicts.length > 0;
  const fails = clash || (flags.check === true && pending(plan).length > 0);
  const error: ErrorReport = {
    code: 'update/conflict',
    message: `You and the newer template have changed the same places in ${conflicts.join(', ')}.`,
    next: 'choose between both in these files, and run the tests',
  };
  return {
    ok: !fails,
    exitCode: fails ? exitCodes.failed : exitCodes.ok,
    dryRun,
    from: plan.from,
    to: plan.to,
    files: plan.files,
    conflicts,
    notes,
    ...(diff === undefined ? {} : { diff }),
    next: nextOf(plan, about),
    ...(clash ? { error } : {}),
  };
}
