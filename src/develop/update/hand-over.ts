import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareVersions, pinnedVersion } from '../../doctor/versions.ts';
import { packageManager, packageManagerOf } from '../../project/package-manager.ts';
import type { Context, ExitCode } from '../../terminal/context.ts';
import { exitCodes } from '../../terminal/context.ts';
import { version } from '../../terminal/version.ts';

/** Set for the newest version, so that it does not look for a newer one again. */
export const handedOver = 'SCALEKIT_MCP_HANDED_OVER';

/** How long the registry may take to say which version is the newest, in milliseconds. */
const limit = 10_000;

/** Which program updates the project. */
export type Newest =
  /** A newer one has to be run. */
  | { readonly version: string }
  /** This one; if it may not be the newest, `note` says why. */
  | { readonly note?: string };

/** The version that the project's package.json allows, if it allows only one. */
async function pinned(directory: string): Promise<string | undefined> {
  try {
    const manifest = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
    const range: unknown = { ...manifest.dependencies, ...manifest.devDependencies }['scalekit-mcp'];
    return typeof range === 'string' ? pinnedVersion(range) : undefined;
  } catch {
    return undefined;
  }
}

/** Finds out whether the registry has a newer scalekit-mcp than this one, by npm, as it is configured for the project. */
export async function newestProgram(context: Context, released: boolean): Promise<Newest> {
  if (context.env[handedOver]) return {};
  if (!released) return { note: `This is a build of a checkout, ${version}: it updates to itself.` };
  const held = await pinned(context.cwd);
  if (held !== undefined)
    return {
      note: `package.json pins scalekit-mcp to ${held}, so the project is updated to ${version}, which is running.`,
    };
  const { runProgram } = await import('../../project/programs.ts');
  const args = ['view', 'scalekit-mcp', 'version', '--fetch-retries=0', `--fetch-timeout=${limit / 2}`];
  const { cwd, env, signal } = context;
  const asked = await runProgram('npm', args, { cwd, env, signal, limit });
  const newest = /^\d+\.\d+\.\d+\S*$/m.exec(asked.stdout)?.[0];
  if (asked.exitCode !== 0 || newest === undefined)
    return {
      note: `The registry does not say which version is the newest: the project is updated to ${version}, which is running.`,
    };
  return compareVersions(newest, version) > 0 ? { version: newest } : {};
}

/** Runs the same command with a newer version, in this terminal. @returns its exit code. */
export async function handOver(
  newest: string,
  flags: readonly string[],
  context: Context,
): Promise<ExitCode> {
  const { runTool } = await import('../../project/programs.ts');
  const manager = packageManager(packageManagerOf(context.cwd) ?? 'npm');
  const [program = 'npx', ...first] = manager.fetchAndRun.split(' ');
  const yes = program === 'npx' ? ['--yes'] : [];
  const { exitCode } = await runTool(
    program,
    [...first, ...yes, `scalekit-mcp@${newest}`, 'update', ...flags],
    {
      cwd: context.cwd,
      env: { ...context.env, [handedOver]: '1' },
    },
  );
  return (exitCode ?? exitCodes.failed) as ExitCode;
}
