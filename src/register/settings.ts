import { applyFixes } from '../doctor/fix/apply.ts';
import { previewPlan } from '../doctor/fix/preview.ts';
import type { Edit } from '../doctor/model.ts';
import { editOf } from '../doctor/settings.ts';
import { type VariableName, variableNames } from '../scalekit/index.ts';
import { UserError } from '../terminal/errors.ts';
import type { Project } from './project.ts';

/** The variables to set. */
export type Wanted = Readonly<Partial<Record<VariableName, string>>>;

/** The changes for that, in the files where the variables are set now. */
export interface SettingsPlan {
  readonly files: ReadonlyMap<string, readonly Edit[]>;
  /** The variables that change. */
  readonly changed: readonly VariableName[];
  /** Set differently by the process environment, which overrides every file. */
  readonly outranked: readonly VariableName[];
}

/** @returns the edits that set the variables in the project's files. */
export function planSettings(project: Project, wanted: Wanted): SettingsPlan {
  const files = new Map<string, readonly Edit[]>();
  const changed: VariableName[] = [];
  const outranked: VariableName[] = [];
  for (const variable of variableNames) {
    const value = wanted[variable];
    const setting = project.settings.find((each) => each.variable === variable);
    if (value === undefined || setting?.value === value) continue;
    if (setting?.source === 'environment') {
      outranked.push(variable);
      continue;
    }
    changed.push(variable);
    const unset: readonly Edit[] = [{ kind: 'set-variable', file: '.env', variable, value }];
    for (const edit of setting === undefined ? unset : editOf(setting, value))
      files.set(edit.file, [...(files.get(edit.file) ?? []), edit]);
  }
  return { files, changed, outranked };
}

/** @returns the lines that change, to show before asking. */
export function previewSettings(project: Project, { files }: SettingsPlan): Promise<string> {
  return previewPlan(project.directory, { files, commands: [], codes: [] });
}

/** Makes the files readable by their owner alone. */
function privately(files: SettingsPlan['files']): SettingsPlan['files'] {
  if (process.platform === 'win32') return files;
  return new Map(
    [...files].map(([file, edits]) => [file, [...edits, { kind: 'mode', file, mode: 0o600 } as const]]),
  );
}

/**
 * Writes the changes: all of a file's or none. Everything else in the file stays byte for byte.
 * @throws UserError if a file cannot be written.
 */
export async function writeSettings(
  project: Project,
  { files }: SettingsPlan,
  signal: AbortSignal,
): Promise<void> {
  const plan = { files: privately(files), commands: [], codes: [] };
  const outcomes = await applyFixes(project.directory, plan, signal);
  const failed = outcomes.find(({ error }) => error !== undefined);
  if (failed !== undefined)
    throw new UserError(`${failed.what} cannot be written: ${failed.error}`, { code: 'register/env-file' });
}
