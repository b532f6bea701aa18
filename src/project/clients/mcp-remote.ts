import { quoteForShell } from '../../terminal/shell.ts';
import type { JsonObject, Machine, McpClient, ServerEntry } from './client.ts';

/** The versions that were tried (docs/mcp.md#client-files). */
const packageRange = 'mcp-remote@^0.15.1';

/** @returns the command, as a list of words, that bridges between a client's stdio and the server's HTTP. */
function commandOf({ url, scopes }: ServerEntry, { platform }: Pick<Machine, 'platform'>): readonly string[] {
  const metadata = JSON.stringify({ scope: scopes.join(' ') });
  // On Windows some clients split arguments at spaces (docs/mcp.md#client-files); in JSON, \u0020 is a space, too.
  const text = platform === 'win32' ? metadata.replaceAll(' ', String.raw`\u0020`) : metadata;
  const pinned = scopes.length > 0 ? ['--static-oauth-client-metadata', text] : [];
  return ['npx', '-y', packageRange, url, ...pinned];
}

/** @returns the entry for clients that can only start programs, in the usual form of `mcpServers`. */
export function bridgeEntry(server: ServerEntry, machine: Pick<Machine, 'platform'>): JsonObject {
  const [command = '', ...args] = commandOf(server, machine);
  return { command, args };
}

export const mcpRemote: McpClient = {
  id: 'mcp-remote',
  name: 'mcp-remote',
  files: [],
  byHand(server, machine) {
    const json = JSON.stringify({ mcpServers: { [server.name]: bridgeEntry(server, machine) } }, null, 2);
    const command = commandOf(server, machine).map((word) => quoteForShell(word, machine.platform));
    return {
      steps: [
        `In the file of a client that can only start programs:\n${json}`,
        `To try the connection by itself: ${command.join(' ')}`,
      ],
      removal: [`Take ${server.name} out of the client's file. Its sign-ins are in ~/.mcp-auth.`],
      scopes: 'pinned',
    };
  },
  scopes: 'pinned',
  signIn: () => 'It opens the browser when the client starts it.',
};
