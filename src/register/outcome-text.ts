import { printable } from '../scalekit/index.ts';
import type { RegisterReport } from './report.ts';

/** @returns the final lines for a person, without those of the self-check. */
export function outcomeLines(report: RegisterReport): readonly string[] {
  const lines: string[] = [];
  const { state, server, notes, steps, changed, dryRun, production } = report;
  if (server?.id !== undefined && state !== 'planned')
    lines.push(`✓ Registered with Scalekit as ${server.id}`);
  if (server?.issuer !== undefined) lines.push(`  its authorization server: ${server.issuer}`);
  if (state === 'unchanged') lines.push('✓ Nothing had to change.');
  else if (changed.length > 0 && !dryRun) lines.push(`✓ .env now has ${changed.join(', ')}`);
  if (dryRun) lines.push('Nothing was created or written.');
  for (const note of notes) lines.push(`! ${printable(note, 400)}`);
  if (steps.length > 0) {
    const title = state === 'steps' ? 'Do this in the dashboard instead:' : 'Left to do:';
    lines.push('', title, '', ...steps.map((step) => `  ${step}`), '');
  }
  if (state === 'filled') lines.push('', 'Ask Scalekit whether all of it fits: npx scalekit-mcp doctor');
  if (state === 'filled' || (state === 'registered' && production === undefined))
    lines.push(
      '',
      'Start the server as before. Clients that were connected have to sign in again.',
      'A client in a browser (MCP Inspector) needs its address, http://localhost:6274/,',
      'in the dashboard: Authentication > Redirect URLs > Allowed Callback URLs.',
    );
  return lines;
}
