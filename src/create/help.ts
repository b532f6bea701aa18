import { wrap } from '../terminal/wrap.ts';
import { flagOf, type OptionName, optionNames, optionOf } from './options.ts';
import { renderedHelp } from './rendered-help.ts';

function left(name: OptionName): string {
  const row = optionOf(name);
  const flag = row.negatable ? `--[no-]${flagOf(name).slice(2)}` : flagOf(name);
  const long = row.value === undefined || name === 'directory' ? flag : `${flag} ${row.value}`;
  return row.short === undefined ? `    ${long}` : `${row.short}, ${long}`;
}

function right(name: OptionName): string {
  const row = optionOf(name);
  const ready = row.choices?.filter(
    (choice) => choice.notYet === undefined && typeof choice.value === 'string',
  );
  const summary = ready && ready.length > 1 ? ready.map((choice) => choice.value).join(' | ') : row.summary;
  const quiet = row.default === undefined || row.default === 'on';
  return quiet ? summary : `${summary} (${row.default})`;
}

/** Of the column of options. */
const width = 30;

const unattended =
  'Without a terminal it asks nothing. Give the directory (or --yes for the default one). For the local Scalekit that is all; ' +
  'for a real one add --metadata, or --environment-url and --resource-id. If something is missing, the error names it and the ' +
  'exit code is 2.';

/** @returns each option with its description, for the help and the README, in the order of the table. */
export function optionRows(): ReadonlyArray<readonly [flag: string, text: string]> {
  const named = optionNames.filter((name) => name !== 'directory');
  return named.map((name) => [left(name), right(name)]);
}

/**
 * Makes the help from the table of options.
 * @param program how it was called: `create-scalekit-mcp` or `scalekit-mcp create`.
 * @param terminal its columns. Longer lines than those of the standard width are hard to read.
 */
export function createHelp(program: string, terminal = renderedHelp.columns): string {
  const columns = Math.min(terminal, renderedHelp.columns);
  const indented = (text: string, by: number) =>
    wrap(text, columns - by).replaceAll('\n', `\n${' '.repeat(by)}`);
  const line = (name: string, text: string) => `  ${name.padEnd(width)}${indented(text, width + 2)}`;
  const rows = optionRows().map(([flag, text]) => line(flag, text));
  return `Usage: ${program} [directory] [options]

${wrap("Creates an MCP server that is protected by Scalekit's OAuth 2.1, installs it and checks it.", columns)}
${wrap('In a terminal it asks for what is missing. The default directory is todo-mcp (or mcp-server); . is this folder.', columns)}

Options:
${rows.join('\n')}
${line('-h, --help', 'this text')}
${line('-v, --version', 'the version')}

Non-interactive usage:
  ${indented(unattended, 2)}
  ${indented('Exit codes: 0 ok, 1 failed, 2 usage or missing input, 3 could not check, 130 interrupted.', 2)}

Examples:
  ${program} todo-mcp
  ${program} notes-mcp --template blank --scopes notes:read,notes:write,notes:admin
  ${program} todo-mcp --metadata metadata.json --client-id skc_123456789
  ${program} todo-mcp --yes --dry-run --json
  npm create scalekit-mcp@latest todo-mcp -- --port 4000     (npm needs the --)
`;
}
