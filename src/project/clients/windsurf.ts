import type { McpClient } from './client.ts';
import { inHome } from './machine.ts';

export const windsurf: McpClient = {
  id: 'windsurf',
  name: 'Windsurf',
  files: [
    {
      scope: 'user',
      format: 'jsonc',
      paths: (machine) => [inHome(machine, '.codeium', 'windsurf', 'mcp_config.json')],
      key: 'mcpServers',
      entry: ({ url }) => ({ serverUrl: url }),
      note: 'The Windsurf plugin of other editors reads ~/.codeium/mcp_config.json in its place.',
    },
  ],
  scopes: { not: 'Windsurf has no place for scopes in its file' },
  signIn: () => 'In Windsurf: MCPs (at the top of Cascade) > refresh, and sign in when the browser opens.',
};
