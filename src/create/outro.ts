import type { Context } from '../terminal/context.ts';
import type { Screen } from '../terminal/screen.ts';
import type { CreateReport } from './report.ts';

/** What create prints after the last step. */

/** Prints the commands to copy, outside of any frame, so that they copy whole from a terminal of any width. */
function printCommands(report: CreateReport, screen: Screen): void {
  const title = report.ok ? 'Next:' : 'To continue:';
  screen.line(`\n${title}`);
  for (const command of report.next) screen.line(`  ${command}`);
  screen.line("\nTo connect Claude Code or another client, in the project's folder:");
  screen.line(`  ${report.connect}`);
}

function remarks(report: CreateReport): readonly string[] {
  const found = [
    `MCP endpoint: ${report.endpoint}`,
    'Cursor, VS Code and Claude Code find the server when you open this folder.',
  ];
  if (report.scalekit === 'local') return found;
  return [
    ...found,
    '',
    'In the dashboard (MCP Servers > your server)',
    `the server URL is ${report.mcpUrl}`,
    'and the scopes are those in README.md.',
  ];
}

/** Prints the last screen: the next commands, where clients connect, and the command that repeats this run. */
export async function printOutro(report: CreateReport, context: Context, screen: Screen): Promise<void> {
  printCommands(report, screen);
  if (context.stdout.isTTY === true) {
    const { box } = await import('@clack/prompts');
    screen.line();
    const options = { output: context.stdout, withGuide: false, contentPadding: 1 };
    box(remarks(report).join('\n'), report.name, options);
  } else {
    screen.line();
    for (const line of remarks(report)) screen.line(line);
  }
  const shell = report.repeatIn === undefined ? '' : ` (in ${report.repeatIn})`;
  screen.line(`\nTo repeat this, run${shell}:\n  ${report.repeat}`);
}

/** Prints the result of `--dry-run`. */
export function printPlan(report: CreateReport, screen: Screen): void {
  screen.line(`${report.files.length} files would be written to ${report.directory}:`);
  for (const path of report.files)
    screen.line(`  ${path}${report.replaced.includes(path) ? ' (replaces yours)' : ''}`);
  screen.line('Nothing was written.');
}
