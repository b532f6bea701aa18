import type { ClientFile, McpClient } from './client.ts';
import { inHome, pathOn } from './machine.ts';

const common = {
  format: 'jsonc',
  key: 'mcpServers',
  // For it, `url` means the old SSE transport. With `oauth.enabled` it would sign in by itself when it starts, but only for the
  // challenge's scopes; `/mcp auth` requests these.
  entry: ({ url, scopes }) => ({ httpUrl: url, ...(scopes.length > 0 && { oauth: { scopes } }) }),
} as const satisfies Partial<ClientFile>;

export const gemini: McpClient = {
  id: 'gemini',
  name: 'Gemini CLI',
  files: [
    {
      scope: 'project',
      paths: (machine, project) => [pathOn(machine, project, '.gemini', 'settings.json')],
      ...common,
      note: 'Gemini CLI reads a project’s file only in folders that it was told to trust.',
    },
    { scope: 'user', paths: (machine) => [inHome(machine, '.gemini', 'settings.json')], ...common },
  ],
  scopes: 'pinned',
  signIn: (name) => `In Gemini CLI: /mcp auth ${name}`,
};
