import { type PackageManagerName, packageManager } from '../project/package-manager.ts';
import { lastLines, runProgram } from '../project/programs.ts';
import { exitCodes } from '../terminal/context.ts';
import { UserError } from '../terminal/errors.ts';

/**
 * Updates lockfile and `node_modules` to match package.json.
 * @param done what was done in spite of a failure, as the beginning of a sentence.
 * @throws UserError if the package manager fails or is interrupted; the files are still as planned.
 */
export async function installAgain(
  directory: string,
  name: PackageManagerName,
  { env, signal }: { env: Readonly<Record<string, string | undefined>>; signal: AbortSignal },
  { code, done }: { readonly code: string; readonly done: string },
): Promise<void> {
  const manager = packageManager(name);
  // In CI some package managers refuse to change the lockfile, which is what this is for.
  const options = {
    cwd: directory,
    env: { ...env, CI: 'false', YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' },
    signal,
  };
  const result = await runProgram(manager.name, manager.install, options).catch((error: unknown) => {
    if (!signal.aborted) throw error;
    throw new UserError(
      `${done}. The install was interrupted, so node_modules and the lockfile are not right yet.`,
      { exitCode: exitCodes.interrupted, code: 'interrupted', next: manager.installCommand },
    );
  });
  if (result.exitCode === 0) return;
  const how = result.absent ? 'was not found' : `ended with ${result.exitCode}`;
  throw new UserError(
    `${done}, but \`${manager.installCommand}\` ${how}, so the lockfile is not right yet.\n${lastLines(result.output)}`,
    { code, next: manager.installCommand },
  );
}
