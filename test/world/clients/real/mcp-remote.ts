import { join } from 'node:path';
import { npmPackages } from '../../../support/packages.ts';
import type { RealClient, Session } from '../client.ts';
import type { Conversation } from '../conversation.ts';

const version = '0.15.1';

interface ToolResult {
  readonly isError?: boolean;
  readonly tools?: ReadonlyArray<{ readonly name: string }>;
}

/** A session of a client over stdio: what Claude Desktop and others are to mcp-remote. */
async function stdioSession(server: Conversation): Promise<Session> {
  const { error } = await server.ask('initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  });
  if (error) throw new Error(error.message);
  server.tell('notifications/initialized');
  return {
    async tools() {
      const { result } = await server.ask('tools/list');
      return ((result as ToolResult).tools ?? []).map(({ name }) => name);
    },
    async call(tool, args = {}) {
      const { result, error } = await server.ask('tools/call', { name: tool, arguments: args });
      const isError = (result as ToolResult | undefined)?.isError === true;
      return { ok: error === undefined && !isError, text: error?.message ?? JSON.stringify(result) };
    },
    signInAgain: async () => {},
    close: () => server.close(),
  };
}

/** mcp-remote, the bridge for clients that speak only stdio. */
export const mcpRemote: RealClient = {
  name: 'mcp-remote',
  version,
  namesScopes: '`--static-oauth-client-metadata`, its `scope`',
  async open(home, { endpoint, scopes }) {
    const directory = await npmPackages([`mcp-remote@${version}`]);
    const proxy = join(directory, 'node_modules/mcp-remote/dist/proxy.js');
    const metadata = scopes && [
      '--static-oauth-client-metadata',
      JSON.stringify({ scope: scopes.join(' ') }),
    ];
    return stdioSession(home.converse(process.execPath, [proxy, endpoint, ...(metadata ?? [])]));
  },
};
