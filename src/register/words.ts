import { dashboardUrl, printable } from '../scalekit/index.ts';
import type { ToolTrouble } from './door.ts';
import { describeEnvironment } from './environments.ts';
import { createsSomething, type Plan, tokenExpiry, type Wish } from './plan.ts';
import type { Wanted } from './settings.ts';

/** What a person reads: the plan, what came of it, and what is left for the dashboard. */

/** @returns the plan as it is shown before anything is done. `settings` are the lines of `.env` that are known to change. */
export function planLines(plan: Plan, settings: string): readonly string[] {
  const { wish, server } = plan;
  const lines = ['', `At Scalekit, in ${describeEnvironment(plan.environment)}:`];
  for (const { name, description } of plan.newScopes)
    lines.push(`  + create the scope ${name} (${printable(description)})`);
  if (plan.presentScopes.length > 0)
    lines.push(`  = scopes that are there: ${plan.presentScopes.join(', ')}`);
  if (server.state === 'new')
    lines.push(
      `  + register the MCP server "${printable(wish.name)}" at ${wish.url}`,
      `    with access tokens of ${tokenExpiry / 60} minutes`,
    );
  else lines.push(`  = it is registered: ${printable(server.name)}, ${server.id}`);
  if (server.state === 'new' && plan.otherScopes.length > 0)
    lines.push(
      '  ! Scalekit gives a new server all scopes of its environment, so these as well:',
      `      ${plan.otherScopes.map((name) => printable(name)).join(', ')}`,
      '    Take them away in the dashboard: MCP Servers > your server > Scopes.',
    );
  if (!plan.scopesAreCertain && plan.newScopes.length > 0)
    lines.push(
      '  ! Scalekit listed no scopes, which is also what it says when it cannot read',
      '    them. One that is there already stays as it is.',
    );
  for (const note of plan.notes) lines.push(`  ! ${printable(note, 400)}`);
  if (createsSomething(plan))
    lines.push(
      "  ! Scalekit's tools cannot take this back: scopes and servers are removed in",
      '    the dashboard only.',
    );
  if (settings !== '') {
    lines.push('', 'In this project:', settings.trimEnd());
    if (server.state === 'new')
      lines.push('    and SCALEKIT_RESOURCE_ID, which Scalekit gives the new server');
  }
  lines.push('');
  return lines;
}

/** @returns how the same is done by hand, where a tool cannot be used or an answer cannot be read. */
export function dashboardSteps(wish: Wish, isPublic: boolean): readonly string[] {
  return [
    `Open ${dashboardUrl} > MCP Servers > Add MCP Server, or the server if it is there:`,
    `  Name        ${wish.name}`,
    `  Server URL  ${wish.url}`,
    `  Scopes      ${wish.scopes.map(({ name }) => name).join(', ')} (create those that are missing)`,
    '  leave dynamic client registration and client ID metadata documents on',
    isPublic
      ? 'Copy its "Metadata JSON": authorization_servers holds SCALEKIT_ENVIRONMENT_URL and SCALEKIT_RESOURCE_ID.'
      : 'Copy its "Metadata JSON", then run: npx scalekit-mcp register --metadata -   (paste it, then Ctrl-D)',
  ];
}

/** @returns the step for scopes that the registered server does not offer yet: its tools cannot add them. */
export function scopeSteps(name: string, missing: readonly string[]): readonly string[] {
  return [
    `Open ${dashboardUrl} > MCP Servers > ${printable(name)} > Scopes, and tick: ${missing.join(', ')}`,
  ];
}

/** @returns what is wrong with a tool, by its name, in one sentence. */
export function describeTrouble({ tool, kind, said }: ToolTrouble): string {
  switch (kind) {
    case 'gone':
      return `Scalekit's MCP server has no tool ${tool} any more.`;
    case 'changed':
      return `Scalekit's tool ${tool} has changed: it ${said}.`;
    case 'unreadable':
      return `What Scalekit's tool ${tool} answered cannot be read: ${said || '(nothing)'}`;
    case 'failed':
      return `Scalekit's tool ${tool} failed: ${said || '(without a reason)'}`;
  }
}

/** @returns the variables of a production environment, as lines of an env file. */
export function productionLines(wanted: Wanted, port: number, python: boolean): readonly string[] {
  return [
    `${python ? 'APP_ENV' : 'NODE_ENV'}=production`,
    `PORT=${port}`,
    ...Object.entries(wanted).map(([name, value]) => `${name}=${value}`),
  ];
}
