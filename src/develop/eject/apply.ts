import { rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { changeFiles } from '../../project/change-files.ts';
import { packageManager } from '../../project/package-manager.ts';
import { lastLines, runProgram } from '../../project/programs.ts';
import { UserError } from '../../terminal/errors.ts';
import type { EjectPlan } from './plan.ts';
import { protectionFolder } from './protection.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Writes the planned files. A failure in the middle takes back what was written, so that nothing half-done is left.
 * @throws UserError naming the file that could not be written.
 */
export function writePlan(directory: string, { writes, removes }: EjectPlan): void {
  changeFiles(directory, { writes, removes }, 'eject/write');
  removeEmpty(join(directory, 'vendor'));
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It holds something, or was never there.
  }
}

/**
 * Brings lockfile and `node_modules` to what package.json says now.
 * @throws UserError where the package manager fails; the files are as planned all the same.
 */
export async function installAgain(
  directory: string,
  plan: EjectPlan,
  env: Environment,
  signal: AbortSignal,
): Promise<void> {
  const manager = packageManager(plan.packageManager);
  // In CI some package managers refuse to change the lockfile, which is what this is for.
  const result = await runProgram(manager.name, manager.install, {
    cwd: directory,
    env: { ...env, CI: 'false', YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' },
    signal,
  });
  if (result.exitCode === 0) return;
  signal.throwIfAborted();
  const how = result.absent ? 'was not found' : `ended with ${result.exitCode}`;
  throw new UserError(
    `The protection is in ${protectionFolder}, but \`${manager.installCommand}\` ${how}, so the lockfile is not right yet.\n${lastLines(result.output)}`,
    { code: 'eject/install', next: manager.installCommand },
  );
}
