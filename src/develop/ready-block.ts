import type { Emulator } from '../emulator/contract.ts';
import type { Project } from '../project/layout.ts';
import { packageManager, packageManagerOf } from '../project/package-manager.ts';
import { serverUrls } from '../scalekit/index.ts';

/** What to tell the person once everything runs. */
export interface Ready {
  readonly endpoint: string;
  /** How long it took, for display. */
  readonly duration: string;
  readonly project: Pick<Project, 'directory'>;
  /** The local Scalekit, if it was started with the server. */
  readonly emulator: Emulator | undefined;
}

/** @returns the MCP endpoint, as clients are told to use it. */
export function endpointOf(mcpUrl: string | undefined, port: number): string {
  return serverUrls(mcpUrl ?? `http://localhost:${port}/`).endpoint;
}

/** @returns one block: where the server is, who can sign in, what to do next, and how to end it. */
export function readyBlock({ endpoint, duration, project, emulator }: Ready): string {
  const manager = packageManager(packageManagerOf(project.directory) ?? 'npm');
  const users = emulator?.users.map(({ name, email }) => (name === email ? name : `${name} (${email})`));
  const rows: ReadonlyArray<readonly [string, string | undefined]> = [
    ['endpoint', endpoint],
    ['sign in as', users?.join(', ')],
    ['a token', `TOKEN=$(${manager.exec('scalekit-mcp token')})`],
    ['its tools', manager.exec('scalekit-mcp list')],
    ['a call', manager.exec('scalekit-mcp call <tool>')],
    ['a client', manager.exec('scalekit-mcp connect <client>')],
    ['inspect it', manager.exec('scalekit-mcp inspect')],
    ['check it', manager.exec('scalekit-mcp doctor')],
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const lines = rows.flatMap(([name, text]) =>
    text === undefined ? [] : [`  ${name.padEnd(width)}${text}`],
  );
  return [
    '',
    `  Ready in ${duration}`,
    '',
    ...lines,
    '',
    '  Ctrl-C ends everything. Saved files are served at once.',
    '',
  ].join('\n');
}
