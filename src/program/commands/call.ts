import type { CommandRow } from '../command.ts';
import { tokenOptions } from './token.ts';

export const call: CommandRow = {
  name: 'call',
  summary: 'calls a tool from the shell; exit code 1 if the tool answers with an error',
  argument: ['<tool> [arguments...]', 'the tool, and its arguments: name=value pairs or one JSON object'],
  options: [
    ...tokenOptions('what clients request first, and what the tool requires'),
    ['--json', 'print the result as one JSON document'],
  ],
  run: async (options, context) => (await import('../../develop/call/call.ts')).call(options, context),
};
