import type { CommandRow } from '../command.ts';

/** Whose token it is, for all commands that need one. */
export const tokenOptions: CommandRow['options'] = [
  ['--scopes <a,b>', 'what it may do; default: all scopes of the server'],
  ['--as <user>', 'whose it is, at the local Scalekit: a name, an address or an id'],
  ['--machine', "the machine client's, at the local Scalekit"],
  ['--url <url>', "another server's MCP endpoint, where somebody has to sign in"],
];

export const token: CommandRow = {
  name: 'token',
  summary:
    'an access token for this server, alone on stdout; `token explain <jwt>` says what one is good for',
  argument: [
    '[explain...]',
    'explain [jwt]: what the server says to a token, claim by claim (- reads stdin)',
  ],
  options: [...tokenOptions, ['--curl', 'print a call with it in its place']],
  run: async (options, context) => (await import('../../develop/token/token.ts')).token(options, context),
};
