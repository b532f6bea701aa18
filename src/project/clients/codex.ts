import type { ClientFile, McpClient } from './client.ts';
import { folderOf, pathOn } from './machine.ts';

const common = {
  format: 'toml',
  key: 'mcp_servers',
  entry: ({ url, scopes }) => ({ url, ...(scopes.length > 0 && { scopes }) }),
} as const satisfies Partial<ClientFile>;

export const codex: McpClient = {
  id: 'codex',
  name: 'Codex',
  files: [
    {
      scope: 'user',
      paths: (machine) => [pathOn(machine, folderOf(machine, 'CODEX_HOME', '.codex'), 'config.toml')],
      ...common,
    },
    {
      scope: 'project',
      paths: (machine, project) => [pathOn(machine, project, '.codex', 'config.toml')],
      ...common,
      note: 'Codex reads a project’s file only in folders that it was told to trust.',
    },
  ],
  scopes: 'pinned',
  signIn: (name) => `Run: codex mcp login ${name}`,
};
