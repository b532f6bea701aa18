import type { Context } from '../terminal/context.ts';
import type { Screen } from '../terminal/screen.ts';
import type { CreateReport } from './report.ts';

/** What a person reads after the last step. */

/** What is to be copied: lines of their own, outside of any frame, so that a terminal of any width gives them back whole. */
function printCommands(report: CreateReport, screen: Screen): void {
  const title = report.ok ? 'Next:' : 'To go on:';
  screen.line(`\n${title}`);
  for (const command of report.next) screen.line(`  ${command}`);
  screen.line('\nClaude Code:');
  screen.line(`  claude mcp add --transport http ${report.packageName} ${report.endpoint}`);
}

function remarks(report: CreateReport): readonly string[] {
  const found = [
    `MCP endpoint: ${report.endpoint}`,
    'Cursor, VS Code and Claude Code find it in this folder.',
  ];
  if (report.scalekit === 'local') return found;
  return [
    ...found,
    '',
    'In the dashboard (MCP Servers > your server)',
    `the server URL is ${report.mcpUrl}`,
    'and the scopes are those of src/scopes.ts.',
  ];
}

/** The last screen: what to run next, where clients connect, and how to get here again without a question. */
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

/** What `--dry-run` prints. */
export function printPlan(report: CreateReport, screen: Screen): void {
  screen.line(`${report.directory} would get ${report.files.length} files:`);
  for (const path of report.files)
    screen.line(`  ${path}${report.replaced.includes(path) ? ' (replaces what is there)' : ''}`);
  screen.line('Nothing was written.');
}
