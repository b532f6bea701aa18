import type { ClientFile, McpClient } from './client.ts';
import { folderOf, pathOn } from './machine.ts';

const common = {
  format: 'json',
  key: 'mcpServers',
  entry: ({ url }) => ({ type: 'http', url, tools: ['*'] }),
} as const satisfies Partial<ClientFile>;

export const copilot: McpClient = {
  id: 'copilot',
  name: 'GitHub Copilot CLI',
  files: [
    {
      scope: 'user',
      paths: (machine) => [pathOn(machine, folderOf(machine, 'COPILOT_HOME', '.copilot'), 'mcp-config.json')],
      ...common,
    },
    {
      scope: 'project',
      // It also reads .mcp.json, but that is Claude Code's file, which must not have an entry with `tools` (docs/mcp.md#client-files).
      paths: (machine, project) => [pathOn(machine, project, '.github', 'mcp.json')],
      ...common,
      note: 'Copilot CLI reads a project’s file only in folders that it was told to trust.',
    },
  ],
  scopes: { not: 'Copilot CLI takes scopes only together with a client id of your own (oauthClientId)' },
  signIn: (name) => `In Copilot CLI: /mcp auth ${name}`,
};
