import type { CommandRow } from '../command.ts';

export const connect: CommandRow = {
  name: 'connect',
  summary: "adds this server to a client's configuration, or says how to do it by hand",
  argument: [
    '[client]',
    'claude-code, claude-desktop, cursor, vscode, codex, gemini, copilot, opencode, windsurf, mcp-remote',
  ],
  options: [
    ['--url <url>', "another server's MCP endpoint; default: this project's MCP_URL"],
    ['--name <name>', "the server's name in the client; default: the name of this project"],
    ['--scope <project|user>', "which file: this project's, or yours for all folders"],
    ['--scopes <a,b>', 'the scopes that the client requests; default: all scopes of the server'],
    ['--remove', 'remove the server from the configuration'],
    ['-y, --yes', 'accept the change without asking'],
    ['--dry-run', 'show the change and write nothing'],
    ['--json', 'print one JSON document'],
  ],
  run: async (options, context) =>
    (await import('../../develop/connect/command.ts')).connect(options, context),
};
