import type { CommandRow } from '../command.ts';

export const register: CommandRow = {
  name: 'register',
  summary: 'registers this server with Scalekit by one sign-in, and fills in .env',
  options: [
    ['--environment <id>', 'which Scalekit environment: an id, a name or a domain'],
    ['--mcp-url <url>', 'register a public URL and print its variables; .env stays unchanged'],
    ['--metadata <json|file|->', "fill in .env from the dashboard's Metadata JSON instead, offline"],
    ['--scalekit-mcp-url <url>', "the MCP server to register through, if not Scalekit's own"],
    [
      '-y, --yes',
      'accept the plan without asking; creates nothing in production unless --environment names it',
    ],
    ['--dry-run', 'show the plan and change nothing'],
    ['--json', 'print one JSON document on stdout; messages for people go to stderr'],
  ],
  run: async (options, context) => (await import('../../register/command.ts')).register(options, context),
};
