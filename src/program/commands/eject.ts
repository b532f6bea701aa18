import type { CommandRow } from '../command.ts';

export const eject: CommandRow = {
  name: 'eject',
  summary: "puts the protection's source into this project, in the place of the package",
  options: [
    ['-y, --yes', 'agree to the plan'],
    ['--dry-run', 'show the plan, and do nothing'],
    ['--json', 'print one JSON document'],
  ],
  run: async (options, context) => (await import('../../develop/eject/command.ts')).eject(options, context),
};
