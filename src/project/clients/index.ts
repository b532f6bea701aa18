import { claudeCode } from './claude-code.ts';
import { claudeDesktop } from './claude-desktop.ts';
import type { ClientId, McpClient } from './client.ts';
import { codex } from './codex.ts';
import { copilot } from './copilot.ts';
import { cursor } from './cursor.ts';
import { gemini } from './gemini.ts';
import { mcpRemote } from './mcp-remote.ts';
import { opencode } from './opencode.ts';
import { vscode } from './vscode.ts';
import { windsurf } from './windsurf.ts';

/** All clients that `connect` knows. To add one, add a file to this folder and a line here. */
export const mcpClients: Readonly<Record<ClientId, McpClient>> = {
  'claude-code': claudeCode,
  'claude-desktop': claudeDesktop,
  cursor,
  vscode,
  codex,
  gemini,
  copilot,
  opencode,
  windsurf,
  'mcp-remote': mcpRemote,
};
