import type { ClientFile, McpClient } from './client.ts';
import { inApplicationData, pathOn } from './machine.ts';

const common = {
  format: 'jsonc',
  key: 'servers',
  entry: ({ url }) => ({ type: 'http', url }),
} as const satisfies Partial<ClientFile>;

export const vscode: McpClient = {
  id: 'vscode',
  name: 'VS Code',
  files: [
    {
      scope: 'project',
      paths: (machine, project) => [pathOn(machine, project, '.vscode', 'mcp.json')],
      ...common,
    },
    {
      scope: 'user',
      paths: (machine) => [inApplicationData(machine, 'Code', 'User', 'mcp.json')],
      ...common,
      note: 'This is the file of the default profile: with another, run “MCP: Open User Configuration” and add the same lines.',
    },
  ],
  scopes: { not: 'VS Code has no place for scopes in its file' },
  signIn: (name) => `In VS Code: “Start” above the entry ${name}, or MCP: List Servers > ${name} > Start.`,
};
