import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageManager } from '../../project/package-manager.ts';
import { lastLines, runProgram } from '../../project/programs.ts';
import { systemCode, UserError } from '../../terminal/errors.ts';
import type { EjectPlan } from './plan.ts';
import { protectionFolder } from './protection.ts';

type Environment = Readonly<Record<string, string | undefined>>;

function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Writes the planned files. A failure in the middle takes back what was written, so that nothing half-done is left.
 * @throws UserError naming the file that could not be written.
 */
export function writePlan(directory: string, plan: EjectPlan): void {
  const before = new Map<string, Buffer | undefined>();
  let current = '';
  try {
    for (const path of [...plan.writes.keys(), ...plan.removes]) {
      current = path;
      before.set(path, contentOf(join(directory, path)));
    }
    for (const [path, text] of plan.writes) {
      current = path;
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    for (const path of plan.removes) {
      current = path;
      rmSync(join(directory, path), { force: true });
    }
    removeEmpty(join(directory, 'vendor'));
  } catch (error) {
    takeBack(directory, before);
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new UserError(`${current} cannot be written (${code}). The project is as it was.`, {
      code: 'eject/write',
      cause: error,
    });
  }
}

function takeBack(directory: string, before: ReadonlyMap<string, Buffer | undefined>): void {
  rmSync(join(directory, protectionFolder), { recursive: true, force: true });
  for (const [path, content] of before) {
    if (content === undefined) continue;
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
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
