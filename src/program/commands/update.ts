import type { CommandRow } from '../command.ts';

export const update: CommandRow = {
  name: 'update',
  summary: 'brings the files of a generated project to the newest template, and keeps your changes',
  options: [
    ['--check', 'say what there is to do and change nothing; exit code 1 if there is something'],
    ['--diff', 'show what would change, as git does'],
    ['--undo', 'take the last update back'],
    ['--force', 'go on with changes that are not committed; with --undo, also over later changes'],
    ['-y, --yes', 'accept without asking'],
    ['--dry-run', 'list what would happen to each file and change nothing'],
    ['--json', 'print one JSON document'],
  ],
  run: async (options, context) => (await import('../../develop/update/command.ts')).update(options, context),
};
