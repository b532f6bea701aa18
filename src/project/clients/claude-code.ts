import { quoteForShell } from '../../terminal/shell.ts';
import type { JsonObject, McpClient, ServerEntry } from './client.ts';
import { pathOn } from './machine.ts';

function entry({ url, scopes }: ServerEntry): JsonObject {
  return { type: 'http', url, ...(scopes.length > 0 && { oauth: { scopes: scopes.join(' ') } }) };
}

export const claudeCode: McpClient = {
  id: 'claude-code',
  name: 'Claude Code',
  files: [
    {
      scope: 'project',
      format: 'json',
      paths: (machine, project) => [pathOn(machine, project, '.mcp.json')],
      key: 'mcpServers',
      entry,
    },
  ],
  // `~/.claude.json` is rewritten by every running Claude Code: its own command is the safe way in.
  byHand(server, machine, scope) {
    if (scope !== 'user') return undefined;
    const json = quoteForShell(JSON.stringify(entry(server)), machine.platform);
    return {
      steps: [`Run: claude mcp add-json --scope user ${server.name} ${json}`],
      removal: [`Run: claude mcp remove --scope user ${server.name}`],
      scopes: 'pinned',
    };
  },
  scopes: 'pinned',
  signIn: (name) => `In Claude Code, allow the server, then /mcp > ${name} > Authenticate.`,
};
