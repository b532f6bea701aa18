import type { ClientFile, McpClient } from './client.ts';
import { inHome, pathOn } from './machine.ts';

const common = {
  format: 'jsonc',
  key: 'mcpServers',
  entry: ({ url }) => ({ url }),
} as const satisfies Partial<ClientFile>;

export const cursor: McpClient = {
  id: 'cursor',
  name: 'Cursor',
  files: [
    {
      scope: 'project',
      paths: (machine, project) => [pathOn(machine, project, '.cursor', 'mcp.json')],
      ...common,
    },
    { scope: 'user', paths: (machine) => [inHome(machine, '.cursor', 'mcp.json')], ...common },
  ],
  scopes: { not: 'Cursor takes scopes only together with a client id of your own (auth.CLIENT_ID)' },
  signIn: (name) => `In Cursor: Settings > Tools & MCP > ${name} > Connect.`,
};
