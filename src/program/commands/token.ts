import type { CommandRow } from '../command.ts';

/** Which token to get, for all commands that need one. */
export const tokenOptions = (scopes: string): CommandRow['options'] => [
  ['--scopes <a,b>', `the token's scopes; default: ${scopes}`],
  [
    '--as <user>',
    'at the local Scalekit the user (a name, an email address or an id); elsewhere who is to sign in',
  ],
  [
    '--machine',
    'a token for a machine: the local machine client, or SCALEKIT_CLIENT_ID with SCALEKIT_CLIENT_SECRET',
  ],
  ['--url <url>', "another server's MCP endpoint"],
  [
    '--client-id <id>',
    'sign in as this client: one that the server knows, or the URL of its metadata document',
  ],
  ['--callback-port <n>', 'the port of the redirect URI, for a client with a fixed one'],
  ['--no-cache', 'neither use a stored token nor store this one'],
];

export const token: CommandRow = {
  name: 'token',
  summary: 'prints an access token for this server on stdout; `token explain <jwt>` says what a token allows',
  argument: ['[explain...]', 'explain [jwt]: how the server judges a token, claim by claim (- reads stdin)'],
  options: [
    ...tokenOptions('all scopes of the server'),
    ['--logout', 'delete the stored token of this server, and revoke it if possible'],
    ['--curl', 'print a curl command instead, which gets the token when it runs'],
    ['--with-token', 'with --curl: include the token itself'],
  ],
  run: async (options, context) => (await import('../../develop/token/token.ts')).token(options, context),
};
