import type { ClientFile, McpClient } from './client.ts';
import { folderOf, pathOn } from './machine.ts';

const common = {
  format: 'jsonc',
  key: 'mcp',
  // It has `oauth.scope`, but the scopes that the server names come first (docs/mcp.md#client-files).
  entry: ({ url }) => ({ type: 'remote', url, enabled: true }),
  preamble: { $schema: 'https://opencode.ai/config.json' },
} as const satisfies Partial<ClientFile>;

export const opencode: McpClient = {
  id: 'opencode',
  name: 'opencode',
  files: [
    {
      scope: 'project',
      paths: (machine, project) => [
        pathOn(machine, project, 'opencode.json'),
        pathOn(machine, project, 'opencode.jsonc'),
      ],
      ...common,
    },
    {
      scope: 'user',
      paths(machine) {
        const folder = folderOf(machine, 'XDG_CONFIG_HOME', '.config');
        const path = (name: string) => pathOn(machine, folder, 'opencode', name);
        return [path('opencode.json'), path('opencode.jsonc')];
      },
      ...common,
    },
  ],
  scopes: { not: 'opencode asks for the scopes that the server names, whatever its file says' },
  signIn: (name) => `Run: opencode mcp auth ${name}`,
};
