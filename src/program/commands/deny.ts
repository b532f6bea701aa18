import type { CommandRow } from '../command.ts';

export const deny: CommandRow = {
  name: 'deny',
  summary: 'refuses a token or a person until a time, on every replica within 5 seconds',
  argument: ['[id]', "a token's jti or sub, as `token explain` shows them"],
  options: [
    ['--until <time>', '2026-12-01T12:00:00Z, 90m, 2h, 7d; `now` lifts the denial'],
    ['-y, --yes', 'write it without asking'],
    ['--dry-run', 'show what would be written, and where'],
    ['--json', 'print one JSON document'],
  ],
  run: async (options, context) => (await import('../../develop/deny/command.ts')).deny(options, context),
};
