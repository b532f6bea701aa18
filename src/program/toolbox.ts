import { Command, CommanderError, Option } from 'commander';
import { usageErrorOf } from '../create/arguments.ts';
import { switches } from '../emulator/switches.ts';
import { type Context, type ExitCode, exitCodes } from '../terminal/context.ts';
import { version } from '../terminal/version.ts';
import { doctorOptionRows } from './commands/doctor-options.ts';
import type { Program } from './run.ts';

/** `scalekit-mcp`: what it can do, a row each. What a row needs is loaded when it is called. */

interface Row {
  readonly name: string;
  readonly summary: string;
  readonly options: ReadonlyArray<readonly [flags: string, summary: string]>;
  readonly argument?: readonly [name: string, summary: string];
  run(options: Readonly<Record<string, unknown>>, context: Context): Promise<ExitCode>;
}

/** The local Scalekit's switches, which `dev` and `emulate` take alike. */
const switchOptions = switches.flatMap(({ flags }) => flags);

const rows: readonly Row[] = [
  {
    name: 'dev',
    summary: 'the local Scalekit (when .env points at it) and the server, restarted when you save',
    options: switchOptions,
    run: async (options, context) => {
      await (await import('../develop/dev.ts')).develop(context, options);
      // Only Ctrl-C ends it.
      return exitCodes.interrupted;
    },
  },
  {
    name: 'emulate',
    summary: 'the local Scalekit alone, on this machine only; as .env says, where there is one',
    options: [
      ['--port <n>', 'the port, 0 for a free one'],
      ['--resource-id <res_…>', 'the id of your MCP server'],
      ['--mcp-url <url>', "your server's MCP_URL"],
      ['--scopes <a,b>', 'the scopes that its "dashboard" lists'],
      ...switchOptions,
      ['--auto-approve', 'log in and consent without a person, for answers to this machine'],
      ['--ephemeral', 'keep nothing, so that a restart forgets keys and clients'],
      ['--container', 'listen on all interfaces: in a container only, with --public-url'],
      ['--public-url <url>', 'where the browser on the host reaches it: http://localhost:<port>'],
      ['--json', 'print one JSON document'],
    ],
    run: async (options, context) => (await import('../emulator/emulate.ts')).emulate(options, context),
  },
  {
    name: 'doctor',
    summary: 'what is wrong with this project and its server, whose side it is on, and how to mend it',
    argument: ['[url]', "a server to look at in place of this project's"],
    options: doctorOptionRows,
    run: async (options, context) => (await import('./commands/doctor.ts')).doctor(options, context),
  },
  {
    name: 'register',
    summary: 'registers this server at Scalekit by one sign-in, and fills .env',
    options: [
      ['--environment <id>', 'which Scalekit environment: an id, a name or a domain'],
      ['--mcp-url <url>', 'registers a public URL, and prints its variables; .env stays as it is'],
      ['--metadata <json|file|->', "fills .env from the dashboard's Metadata JSON in its place, offline"],
      ['--scalekit-mcp-url <url>', "another door than Scalekit's own MCP server"],
      ['-y, --yes', 'agree to the plan; creates nothing in production unless --environment names it'],
      ['--dry-run', 'show the plan, and do nothing'],
      ['--json', 'print one JSON document on stdout; what a person reads goes to stderr'],
    ],
    run: async (options, context) => (await import('./commands/register.ts')).register(options, context),
  },
];

const createSummary = 'the same as create-scalekit-mcp';

function addRow(program: Command, row: Row, context: Context, done: (code: ExitCode) => void): void {
  const command = program.command(row.name).description(row.summary).helpOption('-h, --help', 'this text');
  if (row.argument) command.argument(...row.argument);
  for (const [flags, summary] of row.options) command.addOption(new Option(flags, summary));
  command.action(async () => {
    const [argument] = command.args;
    done(await row.run({ ...command.opts(), ...(argument === undefined ? {} : { argument }) }, context));
  });
}

function toolbox(context: Context, done: (code: ExitCode) => void): Command {
  const program = new Command('scalekit-mcp')
    .exitOverride()
    // Help goes where the context says; errors are thrown, and printed by whoever runs us. Commands inherit both.
    .configureOutput({ writeOut: (text) => context.stdout.write(text), writeErr: () => {} })
    .description("Develops, tests and mends an MCP server that is protected by Scalekit's OAuth 2.1.")
    .version(version, '-v, --version', 'the version')
    .helpOption('-h, --help', 'this text')
    .helpCommand(false)
    .addHelpText('after', '\nExit codes: 0 ok, 1 failed, 2 usage, 3 could not check, 130 interrupted.');
  for (const row of rows) addRow(program, row, context, done);
  // Listed here, and run before commander sees its options: they are the other program's.
  program.command('create').description(createSummary);
  return program;
}

/** What could have been written, for somebody who wrote something else. */
function validWords(program: Command, args: readonly string[]): readonly string[] {
  const command = program.commands.find((each) => each.name() === args[0]);
  if (command === undefined) return program.commands.map((each) => each.name());
  return command.options.map((option) => option.long ?? option.flags);
}

const finished: ReadonlySet<string> = new Set(['commander.helpDisplayed', 'commander.version']);

/**
 * @returns the exit code of the command that was called.
 * @throws UsageError for an unknown command or option, with the valid ones; whatever the command throws.
 */
export const scalekitMcp: Program = async (args, context) => {
  if (args[0] === 'create') {
    const { create } = await import('./commands/create.ts');
    return create(args.slice(1), context, 'scalekit-mcp create');
  }
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
    throw usageErrorOf(error, validWords(program, args), 'scalekit-mcp --help');
  }
  return exitCode;
};
