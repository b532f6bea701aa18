import type { CommandRow } from '../command.ts';

export const eject: CommandRow = {
  name: 'eject',
  summary: "copies the protection's source into this project, to replace the package",
  options: [
    ['-y, --yes', 'accept the plan without asking'],
    ['--dry-run', 'show the plan and change nothing'],
    ['--json', 'print one JSON document'],
  ],
  run: async (options, context) => (await import('../../develop/eject/command.ts')).eject(options, context),
};
