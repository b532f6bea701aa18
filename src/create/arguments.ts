import { Command, CommanderError, Option } from 'commander';
import { usageErrorOf } from '../terminal/commander-error.ts';
import { flagOf, type OptionName, optionNames, optionOf } from './options.ts';

/** Unchecked values by option: text from flags, JSON values from `--answers`. */
export type Raw = { readonly [K in OptionName]?: unknown };

/** The parsed command line. `help` and `version` take precedence over everything else. */
export interface Arguments {
  readonly raw: Raw;
  readonly help: boolean;
  readonly version: boolean;
}

function addOption(command: Command, name: OptionName): void {
  const row = optionOf(name);
  const flag = [row.short, flagOf(name)].filter((part) => part !== undefined).join(', ');
  command.addOption(new Option(row.value === undefined ? flag : `${flag} <value>`));
  if (row.negatable) command.addOption(new Option(`--no-${flagOf(name).slice(2)}`));
}

function createCommand(): Command {
  const command = new Command('create-scalekit-mcp')
    .argument('[directory]')
    .helpOption(false)
    .addOption(new Option('-h, --help'))
    .addOption(new Option('-v, --version'))
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} });
  for (const name of optionNames) if (name !== 'directory') addOption(command, name);
  return command;
}

/**
 * Parses the command line by the table of options.
 * @throws UsageError for an unknown option, a second directory, or an option without its value.
 */
export function parseArguments(args: readonly string[]): Arguments {
  const command = createCommand();
  try {
    command.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const valid = optionNames.filter((name) => name !== 'directory').map(flagOf);
    throw usageErrorOf(error, valid, 'create-scalekit-mcp --help');
  }
  const { help, version, ...flags } = command.opts();
  const directory = command.args[0];
  const raw: Raw = directory === undefined ? flags : { ...flags, directory };
  return { raw, help: help === true, version: version === true };
}
