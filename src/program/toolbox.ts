import { Command, CommanderError, Option } from 'commander';
import { usageErrorOf } from '../terminal/commander-error.ts';
import { type Context, type ExitCode, exitCodes } from '../terminal/context.ts';
import { version } from '../terminal/version.ts';
import type { CommandRow, PassingRow } from './command.ts';
import { commands } from './commands/index.ts';
import { hasJsonFlag, type Program } from './run.ts';

/** `scalekit-mcp`: runs the command that its arguments name. */

function addRow(program: Command, row: CommandRow, context: Context, done: (code: ExitCode) => void): void {
  const command = program
    .command(row.name, { hidden: row.isHidden === true })
    .description(row.summary)
    .helpOption('-h, --help', 'this text');
  if (row.argument) {
    const [names, summary] = row.argument;
    // Commander wants them one by one.
    const each = names.match(/<[^>]+>|\[[^\]]+\]/g) ?? [];
    for (const [index, name] of each.entries()) command.argument(name, index === 0 ? summary : '');
  }
  for (const [flags, summary] of row.options) command.addOption(new Option(flags, summary));
  command.action(async () => {
    const { args: words } = command;
    const given = words[0] === undefined ? {} : { argument: words[0], words };
    done(await row.run({ ...command.opts(), ...given }, context));
  });
}

function toolbox(context: Context, done: (code: ExitCode) => void): Command {
  const program = new Command('scalekit-mcp')
    .exitOverride()
    // Commander reserves 40 columns for the text beside options, which is too much for a terminal of 60.
    .configureHelp({ minWidthToWrap: 20 })
    // Help goes where the context says; errors are thrown, and the caller prints them. Commands inherit both.
    .configureOutput({ writeOut: (text) => context.stdout.write(text), writeErr: () => {} })
    .description("Develops, tests and repairs an MCP server that is protected by Scalekit's OAuth 2.1.")
    .version(version, '-v, --version', 'the version')
    .helpOption('-h, --help', 'this text')
    .helpCommand(false)
    .addHelpText('after', '\nExit codes: 0 ok, 1 failed, 2 usage, 3 could not check, 130 interrupted.');
  for (const row of commands) {
    // Listed only for the help: it runs before commander sees its options, which belong to the other program.
    if ('passes' in row) program.command(row.name).description(row.summary);
    else addRow(program, row, context, done);
  }
  return program;
}

/** The commands, or the options of the command, that could have been typed. */
function validWords(program: Command, args: readonly string[]): readonly string[] {
  const command = program.commands.find((each) => each.name() === args[0]);
  if (command === undefined) return commands.filter((row) => !('isHidden' in row)).map(({ name }) => name);
  return command.options.map((option) => option.long ?? option.flags);
}

/** The help that says what could have been typed. */
function helpFor(args: readonly string[]): string {
  const row = commands.find(({ name }) => name === args[0]);
  return row === undefined ? 'scalekit-mcp --help' : `scalekit-mcp ${row.name} --help`;
}

const finished: ReadonlySet<string> = new Set(['commander.helpDisplayed', 'commander.version']);

/** The command that was called, if it passes its arguments on. */
function passingRow(args: readonly string[]): PassingRow | undefined {
  const row = commands.find(({ name }) => name === args[0]);
  return row !== undefined && 'passes' in row ? row : undefined;
}

async function callCommand(args: readonly string[], context: Context): Promise<ExitCode> {
  const passing = passingRow(args);
  if (passing !== undefined) return passing.passes(args.slice(1), context);
  let exitCode: ExitCode = exitCodes.ok;
  const program = toolbox(context, (code) => {
    exitCode = code;
  });
  if (args.length === 0) {
    context.stdout.write(program.helpInformation());
    return exitCodes.usage;
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (finished.has(error.code)) return exitCodes.ok;
    throw usageErrorOf(error, validWords(program, args), helpFor(args));
  }
  return exitCode;
}

/**
 * @returns the exit code of the command that was called.
 * @throws UsageError for an unknown command or option, with the valid ones; whatever the command throws.
 */
export const scalekitMcp: Program = Object.assign(callCommand, {
  asksForJson: (args: readonly string[], env: Context['env']) =>
    passingRow(args)?.asksForJson(args.slice(1), env) ?? hasJsonFlag(args),
});
