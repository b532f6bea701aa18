import { describeResult } from '../doctor/report/one-result.ts';
import { type Context, type ExitCode, exitCodes } from '../terminal/context.ts';
import { UserError } from '../terminal/errors.ts';
import { jsonText } from '../terminal/json.ts';
import { screenOf, silent } from '../terminal/screen.ts';
import { version } from '../terminal/version.ts';
import { parseArguments } from './arguments.ts';
import { createHelp } from './help.ts';
import { readInput } from './input.ts';
import { refuseSwallowedFlags } from './npm-config.ts';
import { printOutro, printPlan } from './outro.ts';
import { perform } from './perform.ts';
import type { CreateReport } from './report.ts';
import { resolve } from './resolve.ts';

// What every project needs is imported here, not lazily: a further file costs the start more than its text does.

export { createHelp };

/** How we were called. */
interface Call {
  readonly program: string;
  readonly json: boolean;
}

function writeDocument(context: Context, document: unknown): void {
  context.stdout.write(jsonText(document));
}

async function printHuman(report: CreateReport, context: Context): Promise<void> {
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

async function makeProject(
  args: readonly string[],
  context: Context,
  { program, json }: Call,
): Promise<CreateReport | undefined> {
  const { raw, help, version: asksVersion } = parseArguments(args);
  if (help) context.stdout.write(createHelp(program, context.stdout.columns));
  else if (asksVersion) context.stdout.write(`${version}\n`);
  else if (raw.printSchema) writeDocument(context, (await import('./answers-file.ts')).answersJsonSchema());
  if (help || asksVersion || raw.printSchema) return undefined;
  const { given, notes, invocation } = await readInput(raw, context, program);
  const resolved = resolve(given, invocation);
  const screen = json ? silent : screenOf(context);
  const allNotes = [...notes, ...resolved.notes];
  for (const note of allNotes) screen.line(`i ${note}`);
  const onResult = (result: Parameters<typeof describeResult>[0]) =>
    screen.line(describeResult(result, context));
  return perform({ given, resolved, notes: allNotes, context, screen, onResult });
}

/** Makes the project that the arguments ask for, and prints what came of it. */
export async function make(args: readonly string[], context: Context, call: Call): Promise<ExitCode> {
  // Before anything else: the values of flags that npm swallowed are among the arguments, and would be taken for directories.
  refuseSwallowedFlags(
    context.env,
    args.find((arg) => !arg.startsWith('-')),
  );
  const report = await makeProject(args, context, call);
  if (report === undefined) return exitCodes.ok;
  if (!call.json) await printHuman(report, context);
  else writeDocument(context, report);
  return report.exitCode;
}
