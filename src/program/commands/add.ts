import type { CommandRow } from '../command.ts';

export const add: CommandRow = {
  name: 'add',
  summary: 'adds a tool, a resource or a prompt with its registration, scopes and tests, or a scope alone',
  argument: [
    '[kind] [name] [description...]',
    'tool, resource, prompt or scope, its name, and what the scope allows, in words',
  ],
  options: [
    ['--scopes <a,b>', 'the scopes that it requires; new ones are added to src/scopes.ts'],
    ['-y, --yes', 'accept the plan without asking'],
    ['--dry-run', 'show the plan and change nothing'],
    ['--json', 'print one JSON document'],
  ],
  run: async (options, context) => (await import('../../develop/add/command.ts')).add(options, context),
};
