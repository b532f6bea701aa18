import { printable } from '../scalekit/index.ts';
import type { RegisterReport } from './report.ts';

/** @returns what a person reads at the end, without the self-check's own lines. */
export function outcomeLines(report: RegisterReport): readonly string[] {
  const lines: string[] = [];
  const { state, server, notes, steps, changed, dryRun, production } = report;
  if (server?.id !== undefined && state !== 'planned') lines.push(`✓ Registered at Scalekit as ${server.id}`);
  if (server?.issuer !== undefined) lines.push(`  its authorization server: ${server.issuer}`);
  if (state === 'unchanged') lines.push('✓ Nothing had to be changed.');
  else if (changed.length > 0 && !dryRun) lines.push(`✓ .env now has ${changed.join(', ')}`);
  if (dryRun) lines.push('Nothing was created, and nothing was written.');
  for (const note of notes) lines.push(`! ${printable(note, 400)}`);
  if (steps.length > 0) {
    const title = state === 'steps' ? 'Do this in the dashboard in its place:' : 'Left to do:';
    lines.push('', title, '', ...steps.map((step) => `  ${step}`), '');
  }
  if (state === 'registered' && production === undefined)
    lines.push(
      '',
      'Start the server as before. Clients that were connected sign in once more.',
      'A client in a browser (MCP Inspector) needs its address, http://localhost:6274/,',
      'in the dashboard: Authentication > Redirect URLs > Allowed Callback URLs.',
    );
  return lines;
}
