import type { CommandRow } from '../command.ts';
import { tokenOptions } from './token.ts';

export const list: CommandRow = {
  name: 'list',
  summary: 'lists the tools, resources and prompts of this server, with their arguments and scopes',
  options: [...tokenOptions('what clients request first'), ['--json', 'print one JSON document']],
  run: async (options, context) => (await import('../../develop/call/list.ts')).list(options, context),
};
