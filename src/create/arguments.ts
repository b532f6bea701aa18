import { parseArgs } from 'node:util';
import { closest } from '../terminal/closest.ts';
import { UsageError } from '../terminal/errors.ts';
import { flagOf, type OptionName, optionNames, optionOf } from './options.ts';

/** Unchecked values by option: text from flags, JSON values from `--answers`. */
export type Raw = { readonly [K in OptionName]?: unknown };

/** The parsed command line. `help` and `version` take precedence over everything else. */
export interface Arguments {
  readonly raw: Raw;
  readonly help: boolean;
  readonly version: boolean;
}

const flagNames = optionNames.filter((name) => name !== 'directory');

/** What a flag says; `takes` is the placeholder of the value that has to follow. */
interface Flag {
  readonly name: OptionName | 'help' | 'version';
  readonly value: boolean;
  readonly takes?: string | undefined;
}

/** Every way to write an option. */
function allFlags(): ReadonlyMap<string, Flag> {
  const flags = new Map<string, Flag>([
    ['--help', { name: 'help', value: true }],
    ['-h', { name: 'help', value: true }],
    ['--version', { name: 'version', value: true }],
    ['-v', { name: 'version', value: true }],
  ]);
  for (const name of flagNames) {
    const { value: takes, short, negatable } = optionOf(name);
    flags.set(flagOf(name), { name, value: true, takes });
    if (short !== undefined) flags.set(short, { name, value: true, takes });
    if (negatable) flags.set(`--no-${flagOf(name).slice(2)}`, { name, value: false });
  }
  return flags;
}

/** Node's own parser: `--port=1`, `-yh`, `--`. It knows which flags take a value; what is wrong is said by us. */
function tokensOf(args: readonly string[], flags: ReadonlyMap<string, Flag>) {
  const options = Object.fromEntries(
    [...flags]
      .filter(([flag]) => flag.startsWith('--'))
      .map(([flag, { takes }]) => [
        flag.slice(2),
        { type: takes === undefined ? 'boolean' : 'string' } as const,
      ]),
  );
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

const fault = (code: string, message: string) =>
  new UsageError(message, { code: `arguments/${code}`, next: 'create-scalekit-mcp --help' });

function unknown(flag: string): UsageError {
  const valid = flagNames.map(flagOf);
  const near = closest(flag, valid);
  const guess = near === undefined ? '' : ` (Did you mean ${near}?)`;
  return fault('unknownOption', `unknown option '${flag}'${guess}\n  valid: ${valid.join(' ')}`);
}

/** @returns what an option of the command line sets. */
function settingOf(
  { rawName, value }: { readonly rawName: string; readonly value: string | undefined },
  flags: ReadonlyMap<string, Flag>,
): readonly [name: Flag['name'], value: string | boolean] {
  const flag = flags.get(rawName);
  // A switch takes no value: `--yes=no` would otherwise be a yes.
  if (flag === undefined || (flag.takes === undefined && value !== undefined))
    throw unknown(value === undefined ? rawName : `${rawName}=${value}`);
  if (flag.takes !== undefined && value === undefined)
    throw fault('optionMissingArgument', `option '${rawName} ${flag.takes}' argument missing`);
  return [flag.name, value ?? flag.value];
}

/**
 * Parses the command line by the table of options. Of an option that is given twice the last one counts.
 * @throws UsageError for an unknown option, a second directory, or an option without its value.
 */
export function parseArguments(args: readonly string[]): Arguments {
  const flags = allFlags();
  const tokens = tokensOf(args, flags);
  const settings = tokens.flatMap((token) => (token.kind === 'option' ? [settingOf(token, flags)] : []));
  const directories = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  if (directories.length > 1)
    throw fault(
      'excessArguments',
      `too many arguments. Expected 1 argument but got ${directories.length}: ${directories.join(', ')}.`,
    );
  const { help, version, ...options } = Object.fromEntries<unknown>(settings);
  const [directory] = directories;
  const raw: Raw = directory === undefined ? options : { ...options, directory };
  return { raw, help: help === true, version: version === true };
}
