import { dashboardUrl, printable } from '../scalekit/index.ts';
import type { ToolTrouble } from './door.ts';
import { describeEnvironment } from './environments.ts';
import { createsSomething, type Plan, tokenExpiry, type Wish } from './plan.ts';
import type { Wanted } from './settings.ts';

/** Texts for the person: the plan, the outcome, and what is left to do in the dashboard. */

/** @returns the plan, to show before anything is done. `settings` are the lines of `.env` that will change. */
export function planLines(plan: Plan, settings: string): readonly string[] {
  const { wish, server } = plan;
  const lines = ['', `At Scalekit, in ${describeEnvironment(plan.environment)}:`];
  for (const { name, description } of plan.newScopes)
    lines.push(`  + create the scope ${name} (${printable(description)})`);
  if (plan.presentScopes.length > 0) lines.push(`  = existing scopes: ${plan.presentScopes.join(', ')}`);
  if (server.state === 'new')
    lines.push(
      `  + register the MCP server "${printable(wish.name)}" at ${wish.url}`,
      `    with access tokens that live ${tokenExpiry / 60} minutes`,
    );
  else lines.push(`  = already registered: ${printable(server.name)}, ${server.id}`);
  if (server.state === 'new' && plan.otherScopes.length > 0)
    lines.push(
      '  ! Scalekit gives a new server all scopes of its environment, so it also gets:',
      `      ${plan.otherScopes.map((name) => printable(name)).join(', ')}`,
      '    Remove them in the dashboard: MCP Servers > your server > Scopes.',
    );
  if (!plan.scopesAreCertain && plan.newScopes.length > 0)
    lines.push(
      '  ! Scalekit listed no scopes, but it also does so when it cannot read them.',
      '    Existing scopes stay unchanged.',
    );
  for (const note of plan.notes) lines.push(`  ! ${printable(note, 400)}`);
  if (createsSomething(plan))
    lines.push(
      "  ! Scalekit's tools cannot undo this: scopes and servers can only be removed",
      '    in the dashboard.',
    );
  if (settings !== '') {
    lines.push('', 'In this project:', settings.trimEnd());
    if (server.state === 'new')
      lines.push('    and SCALEKIT_RESOURCE_ID, which the new server will get from Scalekit');
  }
  lines.push('');
  return lines;
}

/** @returns the same steps by hand, for when a tool cannot be used or its answer cannot be read. */
export function dashboardSteps(wish: Wish, isPublic: boolean): readonly string[] {
  return [
    `Open ${dashboardUrl} > MCP Servers > Add MCP Server, or the server if it exists:`,
    `  Name        ${wish.name}`,
    `  Server URL  ${wish.url}`,
    `  Scopes      ${wish.scopes.map(({ name }) => name).join(', ')} (create those that are missing)`,
    '  leave dynamic client registration and client ID metadata documents on',
    isPublic
      ? 'Copy its "Metadata JSON": authorization_servers contains SCALEKIT_ENVIRONMENT_URL and SCALEKIT_RESOURCE_ID.'
      : 'Copy its "Metadata JSON", then run: npx scalekit-mcp register --metadata -   (paste it, then Ctrl-D)',
  ];
}

/** @returns the step for scopes that the registered server does not offer yet: Scalekit's tools cannot add them. */
export function scopeSteps(name: string, missing: readonly string[]): readonly string[] {
  return [
    `Open ${dashboardUrl} > MCP Servers > ${printable(name)} > Scopes, and select: ${missing.join(', ')}`,
  ];
}

/** @returns what is wrong with a tool, in one sentence. */
export function describeTrouble({ tool, kind, said }: ToolTrouble): string {
  switch (kind) {
    case 'gone':
      return `Scalekit's MCP server no longer has the tool ${tool}.`;
    case 'changed':
      return `Scalekit's tool ${tool} has changed: it ${said}.`;
    case 'unreadable':
      return `The answer of Scalekit's tool ${tool} cannot be understood: ${said || '(empty)'}`;
    case 'failed':
      return `Scalekit's tool ${tool} failed: ${said || '(no reason given)'}`;
  }
}

/** @returns the variables for production, as lines of an env file. */
export function productionLines(wanted: Wanted, port: number, python: boolean): readonly string[] {
  return [
    `${python ? 'APP_ENV' : 'NODE_ENV'}=production`,
    `PORT=${port}`,
    ...Object.entries(wanted).map(([name, value]) => `${name}=${value}`),
  ];
}
