import type { Raw } from './arguments.ts';
import type { Context } from './context.ts';
import { UsageError } from './errors.ts';
import { flagOf, type OptionName, optionNames, optionOf } from './options.ts';

/**
 * What npm kept for itself. `npm create scalekit-mcp x --dry-run` never reaches our arguments: npm takes every flag before
 * `--` and only sets `npm_config_dry_run` (facts: command-line craft, traps; seen with npm 10 and 11).
 */

/** Flags that npm has itself, and that mean the same to us: they are honoured. */
const sharedWithNpm = ['dryRun', 'json', 'yes'] as const;

function npmConfig(env: Context['env'], name: OptionName): string | undefined {
  return env[`npm_config_${flagOf(name).slice(2).replaceAll('-', '_')}`];
}

/**
 * @returns the modes that npm kept for itself. `npx --yes` is npx's own (it installs without asking), so it counts only
 * where npx was not what ran us.
 */
export function modesFromNpm(env: Context['env']): Raw {
  const set = sharedWithNpm.filter(
    (name) => npmConfig(env, name) === 'true' && !(name === 'yes' && env.npm_command === 'exec'),
  );
  return Object.fromEntries(set.map((name) => [name, true]));
}

/** Our own flags that npm swallowed: it sets them to `true` and passes their values on as if they were directories. */
function swallowed(env: Context['env']): readonly OptionName[] {
  if (env.npm_command !== 'init' && env.npm_command !== 'exec') return [];
  const own = optionNames.filter(
    (name) => name !== 'directory' && !sharedWithNpm.some((mode) => mode === name),
  );
  return own.filter((name) => {
    const value = npmConfig(env, name);
    // `git` and others are npm's too, with other values than these.
    return value === 'true' || (value === '' && optionOf(name).negatable === true);
  });
}

/**
 * Refuses a run whose options npm has swallowed: their values are lost.
 * @throws UsageError with the corrected command.
 */
export function refuseSwallowedFlags(env: Context['env'], directory: string | undefined): void {
  const names = swallowed(env);
  if (names.length === 0) return;
  const flags = names.map((name) => {
    const flag = npmConfig(env, name) === '' ? `--no-${flagOf(name).slice(2)}` : flagOf(name);
    const value = optionOf(name).value;
    return value === undefined ? flag : `${flag} ${value}`;
  });
  const start = env.npm_command === 'exec' ? 'npx create-scalekit-mcp' : 'npm create scalekit-mcp@latest';
  throw new UsageError(
    `npm kept ${flags.map((flag) => flag.split(' ')[0]).join(', ')} for itself: what is for us comes after --`,
    {
      code: 'arguments/swallowed-by-npm',
      next: `${start} ${directory ?? '[directory]'} -- ${flags.join(' ')}`,
    },
  );
}
