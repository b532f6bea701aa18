import type { CommandRow } from '../command.ts';
import { tokenOptions } from './token.ts';

export const list: CommandRow = {
  name: 'list',
  summary: 'the tools of this server, with their arguments',
  options: [...tokenOptions, ['--json', 'print one JSON document']],
  run: async (options, context) => (await import('../../develop/call/call.ts')).list(options, context),
};
