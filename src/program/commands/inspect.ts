import type { CommandRow } from '../command.ts';
import { tokenOptions } from './token.ts';

export const inspect: CommandRow = {
  name: 'inspect',
  summary: 'the official MCP Inspector, with this server filled in; --cli is its command line, with a token',
  argument: ['[arguments...]', 'of its command line, after --cli --; default: --method tools/list'],
  options: [
    ['--cli', "the Inspector's command line in place of its page"],
    ['--port <n>', 'where its page is; default: 6274'],
    ...tokenOptions('all scopes of the server'),
    ['--dry-run', 'say what would be run'],
    ['--json', 'with --cli its answer as JSON; with --dry-run the command'],
  ],
  run: async (options, context) =>
    (await import('../../develop/inspect/command.ts')).inspect(options, context),
};
