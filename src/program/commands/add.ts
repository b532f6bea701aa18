import type { CommandRow } from '../command.ts';

export const add: CommandRow = {
  name: 'add',
  summary: 'a tool with its registration, its scopes and its tests; or a scope alone',
  argument: [
    '[kind] [name] [description...]',
    'tool or scope, what it is called, and what a scope allows, in words',
  ],
  options: [
    ['--scopes <a,b>', 'what a caller of the tool needs; new ones are added to src/scopes.ts'],
    ['-y, --yes', 'agree to the plan'],
    ['--dry-run', 'show the plan, and do nothing'],
    ['--json', 'print one JSON document'],
  ],
  run: async (options, context) => (await import('../../develop/add/command.ts')).add(options, context),
};
