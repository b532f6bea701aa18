import type { CommandRow } from '../command.ts';
import { tokenOptions } from './token.ts';

export const call: CommandRow = {
  name: 'call',
  summary: 'a tool call from the shell; exit code 1 where the tool answers with an error',
  argument: ['<tool> [arguments...]', 'the tool, and its arguments: name=value each, or one JSON object'],
  options: [
    ...tokenOptions('what clients ask for first, and what the tool needs'),
    ['--json', 'print the result as one JSON document'],
  ],
  run: async (options, context) => (await import('../../develop/call/call.ts')).call(options, context),
};
