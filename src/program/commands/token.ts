import type { CommandRow } from '../command.ts';

/** Whose token it is, for all commands that need one. */
export const tokenOptions = (scopes: string): CommandRow['options'] => [
  ['--scopes <a,b>', `what it may do, and nothing else; default: ${scopes}`],
  [
    '--as <user>',
    'whose it is: at the local Scalekit a name, an address or an id; elsewhere who is to sign in',
  ],
  ['--machine', "a machine's: the local Scalekit's, or SCALEKIT_CLIENT_ID with SCALEKIT_CLIENT_SECRET"],
  ['--url <url>', "another server's MCP endpoint"],
  ['--client-id <id>', 'sign in as a client that is known there, or by the URL of its metadata document'],
  ['--callback-port <n>', 'where the browser comes back to, for a client with a fixed redirect URI'],
  ['--no-cache', 'use no token that is kept, and keep none'],
];

export const token: CommandRow = {
  name: 'token',
  summary:
    'an access token for this server, alone on stdout; `token explain <jwt>` says what one is good for',
  argument: [
    '[explain...]',
    'explain [jwt]: what the server says to a token, claim by claim (- reads stdin)',
  ],
  options: [
    ...tokenOptions('all scopes of the server'),
    ['--logout', 'forget what is kept for this server, and withdraw it where that can be done'],
    ['--curl', 'print a call for curl, which asks for the token when it runs'],
    ['--with-token', 'with --curl: the token stands in it'],
  ],
  run: async (options, context) => (await import('../../develop/token/token.ts')).token(options, context),
};
