import type { CommandRow } from '../command.ts';

export const register: CommandRow = {
  name: 'register',
  summary: 'registers this server at Scalekit by one sign-in, and fills .env',
  options: [
    ['--environment <id>', 'which Scalekit environment: an id, a name or a domain'],
    ['--mcp-url <url>', 'registers a public URL, and prints its variables; .env stays as it is'],
    ['--metadata <json|file|->', "fills .env from the dashboard's Metadata JSON in its place, offline"],
    ['--scalekit-mcp-url <url>', "another door than Scalekit's own MCP server"],
    ['-y, --yes', 'agree to the plan; creates nothing in production unless --environment names it'],
    ['--dry-run', 'show the plan, and do nothing'],
    ['--json', 'print one JSON document on stdout; what a person reads goes to stderr'],
  ],
  run: async (options, context) => (await import('../../register/command.ts')).register(options, context),
};
