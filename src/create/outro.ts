import type { Context } from '../terminal/context.ts';
import type { Screen } from '../terminal/screen.ts';
import type { CreateReport } from './report.ts';

/** What a person reads after the last step. */

function steps(report: CreateReport): readonly string[] {
  const dashboard =
    report.scalekit === 'real'
      ? [
          '',
          `In the dashboard (MCP Servers > your server) the server URL is ${report.mcpUrl}`,
          'and the scopes are those of src/scopes.ts.',
        ]
      : [];
  return [
    ...report.next,
    '',
    `MCP endpoint   ${report.endpoint}`,
    `Claude Code    claude mcp add --transport http ${report.packageName} ${report.endpoint}`,
    'Cursor, VS Code and Claude Code find it by themselves in this folder.',
    ...dashboard,
  ];
}

/** The last screen: what to run next, where clients connect, and how to get here again without a question. */
export async function printOutro(report: CreateReport, context: Context, screen: Screen): Promise<void> {
  const title = report.ok ? 'Next' : 'To go on';
  if (context.stdout.isTTY === true) {
    const { box } = await import('@clack/prompts');
    screen.line();
    box(steps(report).join('\n'), title, { output: context.stdout, withGuide: false, contentPadding: 1 });
  } else {
    screen.line(`\n${title}:`);
    for (const line of steps(report)) screen.line(line === '' ? '' : `  ${line}`);
  }
  screen.line(`\nTo repeat this, run:\n  ${report.repeat}`);
}

/** What `--dry-run` prints. */
export function printPlan(report: CreateReport, screen: Screen): void {
  screen.line(`${report.directory} would get ${report.files.length} files:`);
  for (const path of report.files) screen.line(`  ${path}`);
  screen.line('Nothing was written.');
}
