import { type Context, type ExitCode, exitCodes } from '../terminal/context.ts';
import { version } from '../terminal/version.ts';
import { createHelp } from './help.ts';
import { modesFromNpm, refuseSwallowedFlags } from './npm-config.ts';

/** `create-scalekit-mcp`, and the same as `scalekit-mcp create`. */

/** @returns what a bare `--help` or `--version` prints: it needs no parser, which is half of all that there is to load. */
function printedAlone(args: readonly string[], { stdout }: Context, program: string): string | undefined {
  if (args.length !== 1) return undefined;
  if (args[0] === '--help' || args[0] === '-h') return createHelp(program, stdout.columns);
  return args[0] === '--version' || args[0] === '-v' ? `${version}\n` : undefined;
}

/**
 * Creates a project.
 * @param args without the program's own name.
 * @param program how we were called, e.g. `scalekit-mcp create`, for the help and the next command.
 */
export async function create(
  args: readonly string[],
  context: Context,
  program = 'create-scalekit-mcp',
): Promise<ExitCode> {
  // Before anything else: the values of flags that npm swallowed are among the arguments, and would be taken for directories.
  refuseSwallowedFlags(
    context.env,
    args.find((arg) => !arg.startsWith('-')),
  );
  const printed = printedAlone(args, context, program);
  if (printed === undefined) {
    const { make } = await import('./make.ts');
    return make(args, context, { program, json: createAsksForJson(args, context.env) });
  }
  context.stdout.write(printed);
  return exitCodes.ok;
}

/** @returns whether `--json` was given, to us or to the npm that runs us, which does not pass it on. */
export function createAsksForJson(args: readonly string[], env: Context['env']): boolean {
  return args.includes('--json') || modesFromNpm(env).json === true;
}
