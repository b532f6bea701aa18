import type { CommandRow } from '../command.ts';

export const connect: CommandRow = {
  name: 'connect',
  summary: "puts this server into a client's file, or says how it is done by hand",
  argument: [
    '[client]',
    'claude-code, claude-desktop, cursor, vscode, codex, gemini, copilot, opencode, windsurf, mcp-remote',
  ],
  options: [
    ['--url <url>', "another server's MCP endpoint; default: this project's MCP_URL"],
    ['--name <name>', 'what the client calls it; default: the name of this project'],
    ['--scope <project|user>', "whose file: this project's, or yours for all folders"],
    ['--scopes <a,b>', 'what the client asks for; default: all scopes of the server'],
    ['--remove', 'take it out again'],
    ['-y, --yes', 'agree to the change'],
    ['--dry-run', 'show the change, and write nothing'],
    ['--json', 'print one JSON document'],
  ],
  run: async (options, context) =>
    (await import('../../develop/connect/command.ts')).connect(options, context),
};
