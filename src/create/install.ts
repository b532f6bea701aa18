import { type PackageManagerName, packageManager } from '../project/package-manager.ts';
import { type RunOptions, runProgram } from '../project/programs.ts';
import { UserError } from '../terminal/errors.ts';

/** The end of a package manager's output: what went wrong is there. Its stack traces say nothing of the project. */
function tail(output: string): string {
  const lines = output
    .trimEnd()
    .split('\n')
    .filter((line) => !/^(?:npm error)?\s+at /.test(line))
    .slice(-15);
  return lines.map((line) => `    ${line}`).join('\n');
}

/**
 * Installs a project's dependencies.
 * @throws UserError when it fails; the project is whole all the same. `next` is left to the caller, who knows the way there.
 */
export async function install(name: PackageManagerName, options: RunOptions): Promise<void> {
  const manager = packageManager(name);
  const result = await runProgram(name, manager.install, options);
  if (result.absent) {
    const where = name === 'npm' ? 'It comes with Node.js (https://nodejs.org/)' : `Install ${name}`;
    throw new UserError(
      `${name} was not found, so nothing is installed. ${where}, or choose another with --package-manager.`,
      { code: 'install/absent' },
    );
  }
  if (result.exitCode === 0) return;
  const how = result.exitCode === undefined ? 'was ended' : `ended with ${result.exitCode}`;
  throw new UserError(
    `\`${manager.installCommand}\` ${how}. The project is written; its dependencies are not installed.\n${tail(result.output)}`,
    { code: 'install/failed' },
  );
}
