import { type Context, type ExitCode, exitCodes } from '../terminal/context.ts';
import { version } from '../terminal/version.ts';
import { renderedHelp } from './rendered-help.ts';

// `create-scalekit-mcp`, and the same as `scalekit-mcp create`. All but a bare `--help` and `--version` is loaded when it is needed.

/** How people call the first of the two, for the rendered help. */
const alone = 'create-scalekit-mcp';

async function helpFor(program: string, columns: number | undefined): Promise<string> {
  const fits = columns === undefined || columns >= renderedHelp.columns;
  if (program === alone && fits && renderedHelp.text !== undefined) return renderedHelp.text;
  return (await import('./make.ts')).createHelp(program, columns);
}

/** @returns what a bare `--help` or `--version` prints; undefined if there is something else to do. */
async function printedAlone(
  args: readonly string[],
  { stdout }: Context,
  program: string,
): Promise<string | undefined> {
  if (args.length !== 1) return undefined;
  if (args[0] === '--help' || args[0] === '-h') return helpFor(program, stdout.columns);
  return args[0] === '--version' || args[0] === '-v' ? `${version}\n` : undefined;
}

/**
 * Creates a project.
 * @param args without the program's own name.
 * @param program how we were called, e.g. `scalekit-mcp create`, for the help and the next command.
 */
export async function create(args: readonly string[], context: Context, program = alone): Promise<ExitCode> {
  const printed = await printedAlone(args, context, program);
  if (printed === undefined) {
    const { make } = await import('./make.ts');
    return make(args, context, { program, json: createAsksForJson(args, context.env) });
  }
  context.stdout.write(printed);
  return exitCodes.ok;
}

/** @returns whether `--json` was given, to us or to the npm that runs us, which does not pass it on. */
export function createAsksForJson(args: readonly string[], env: Context['env']): boolean {
  return args.includes('--json') || env.npm_config_json === 'true';
}
