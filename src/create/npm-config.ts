import type { Context } from '../terminal/context.ts';
import { UsageError } from '../terminal/errors.ts';
import { quoteForShell } from '../terminal/shell.ts';
import type { Raw } from './arguments.ts';
import { flagOf, type OptionName, optionNames, optionOf } from './options.ts';

/**
 * Flags that npm did not pass on. In `npm create scalekit-mcp x --dry-run` the flag never reaches our arguments: npm takes
 * every flag before `--` and only sets `npm_config_dry_run` (docs/command-line.md#traps; seen with npm 10 and 11).
 */

/** Flags that mean the same to npm and to us: they are honoured. */
const sharedWithNpm = ['dryRun', 'json', 'yes'] as const;

function npmConfig(env: Context['env'], name: OptionName): string | undefined {
  return env[`npm_config_${flagOf(name).slice(2).replaceAll('-', '_')}`];
}

/**
 * @returns the modes that npm did not pass on. `npx --yes` is meant for npx (it installs without asking), so it counts
 * only if we were not run by npx.
 */
export function modesFromNpm(env: Context['env']): Raw {
  const set = sharedWithNpm.filter(
    (name) => npmConfig(env, name) === 'true' && !(name === 'yes' && env.npm_command === 'exec'),
  );
  return Object.fromEntries(set.map((name) => [name, true]));
}

/**
 * Reconstructs a flag that npm swallowed. npm keeps `--name=text` as `text`; of `--name text` it keeps `true` and passes
 * the text on as if it were a directory.
 * @returns undefined if npm did not swallow this flag.
 */
function swallowed(env: Context['env'], name: OptionName): string | undefined {
  const kept = npmConfig(env, name);
  if (kept === undefined) return undefined;
  const flag = flagOf(name);
  const { value, negatable } = optionOf(name);
  // npm has a `git` setting of its own, the path of git: only `--no-git` can be recognised.
  if (name === 'git') return kept === 'false' ? '--no-git' : undefined;
  if (value === undefined) return kept === 'true' ? flag : negatable ? `--no-${flag.slice(2)}` : undefined;
  if (kept === '') return undefined;
  return `${flag} ${kept === 'true' ? value : quoteForShell(kept)}`;
}

/**
 * Refuses a run whose options npm swallowed, since it would make a different project from the one that was asked for.
 * @throws UsageError with the corrected command.
 */
export function refuseSwallowedFlags(env: Context['env'], directory: string | undefined): void {
  if (env.npm_command !== 'init' && env.npm_command !== 'exec') return;
  const own = optionNames.filter(
    (name) => name !== 'directory' && !sharedWithNpm.some((mode) => mode === name),
  );
  const flags = own.map((name) => swallowed(env, name)).filter((flag) => flag !== undefined);
  if (flags.length === 0) return;
  const start = env.npm_command === 'exec' ? 'npx create-scalekit-mcp' : 'npm create scalekit-mcp@latest';
  throw new UsageError(
    `npm took ${flags.map((flag) => flag.split(' ')[0]).join(', ')} for itself: put our options after --`,
    {
      code: 'arguments/swallowed-by-npm',
      next: `${start} ${directory ?? '[directory]'} -- ${flags.join(' ')}`,
    },
  );
}
