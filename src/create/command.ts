import { type Context, type ExitCode, exitCodes } from '../terminal/context.ts';
import { UserError } from '../terminal/errors.ts';
import { screenOf, silent } from '../terminal/screen.ts';
import { version } from '../terminal/version.ts';
import type { Arguments } from './arguments.ts';
import { modesFromNpm, refuseSwallowedFlags } from './npm-config.ts';
import type { CreateReport } from './report.ts';

/** `create-scalekit-mcp`, and the same as `scalekit-mcp create`. */

function writeDocument(context: Context, document: unknown): void {
  context.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

async function printHuman(report: CreateReport, context: Context): Promise<void> {
  const { printOutro, printPlan } = await import('./outro.ts');
  const screen = screenOf(context);
  if (report.dryRun) return printPlan(report, screen);
  await printOutro(report, context, screen);
  if (report.error !== undefined)
    throw new UserError(report.error.message, {
      code: report.error.code,
      exitCode: report.exitCode,
      ...(report.error.next === undefined ? {} : { next: report.error.next }),
    });
}

/** Parses the command line. The parser is most of what there is to load, so a bare `--help` or `--version` does without. */
async function readArguments(args: readonly string[]): Promise<Arguments> {
  const [only, ...others] = args;
  const help = only === '--help' || only === '-h';
  const asksVersion = only === '--version' || only === '-v';
  if (others.length === 0 && (help || asksVersion)) return { raw: {}, help, version: asksVersion };
  return (await import('./arguments.ts')).parseArguments(args);
}

async function makeProject(
  args: readonly string[],
  context: Context,
  program: string,
  json: boolean,
): Promise<CreateReport | undefined> {
  // Before anything else: the values of flags that npm swallowed are among the arguments, and would be taken for directories.
  refuseSwallowedFlags(
    context.env,
    args.find((arg) => !arg.startsWith('-')),
  );
  const { raw, help, version: asksVersion } = await readArguments(args);
  if (help) context.stdout.write((await import('./help.ts')).createHelp(program));
  else if (asksVersion) context.stdout.write(`${version}\n`);
  else if (raw.printSchema) writeDocument(context, (await import('./answers-file.ts')).answersJsonSchema());
  if (help || asksVersion || raw.printSchema) return undefined;
  const [{ readInput }, { resolve }, { perform }, { describeResult }] = await Promise.all([
    import('./input.ts'),
    import('./resolve.ts'),
    import('./perform.ts'),
    import('../doctor/report/one-result.ts'),
  ]);
  const { given, notes, invocation } = await readInput(raw, context, program);
  const resolved = resolve(given, invocation);
  const screen = json ? silent : screenOf(context);
  const allNotes = [...notes, ...resolved.notes];
  for (const note of allNotes) screen.line(`i ${note}`);
  const onResult = (result: Parameters<typeof describeResult>[0]) =>
    screen.line(describeResult(result, context));
  return perform({ given, resolved, notes: allNotes, context, screen, onResult });
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
  const json = createAsksForJson(args, context.env);
  const report = await makeProject(args, context, program, json);
  if (report === undefined) return exitCodes.ok;
  if (!json) await printHuman(report, context);
  else writeDocument(context, report);
  return report.exitCode;
}

/** @returns whether `--json` was given, to us or to the npm that runs us, which does not pass it on. */
export function createAsksForJson(args: readonly string[], env: Context['env']): boolean {
  return args.includes('--json') || modesFromNpm(env).json === true;
}
