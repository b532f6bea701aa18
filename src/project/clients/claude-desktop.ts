import { isLoopback } from '../../scalekit/index.ts';
import type { McpClient } from './client.ts';
import { inApplicationData } from './machine.ts';
import { bridgeEntry } from './mcp-remote.ts';

/** Claude connects from its vendor's cloud, so a server on this machine is reached through a program that the application starts. */
function isPublic(url: string): boolean {
  const parsed = new URL(url);
  return parsed.protocol === 'https:' && !isLoopback(parsed);
}

export const claudeDesktop: McpClient = {
  id: 'claude-desktop',
  name: 'Claude Desktop',
  files: [
    {
      scope: 'user',
      format: 'json',
      paths: (machine) => [inApplicationData(machine, 'Claude', 'claude_desktop_config.json')],
      key: 'mcpServers',
      entry: bridgeEntry,
      note: 'It reads the file when it starts. Where nothing appears, Settings > Developer > Edit Config shows the file that it reads.',
    },
  ],
  byHand({ name, url }) {
    if (!isPublic(url)) return undefined;
    return {
      steps: [
        'In Claude: Settings > Connectors > Add custom connector.',
        `Name: ${name}`,
        `Remote MCP server URL: ${url}`,
        'Leave the advanced settings (OAuth client id and secret) empty, add it, and press Connect.',
      ],
      removal: [`In Claude: Settings > Connectors > ${name} > Remove.`],
      scopes: { not: 'Connectors of Claude take no scopes' },
    };
  },
  scopes: 'pinned',
  signIn: () => 'Quit Claude Desktop and start it again: mcp-remote opens the browser.',
};
