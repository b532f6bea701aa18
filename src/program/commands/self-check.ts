import type { CommandRow } from '../command.ts';

/** Only for create, which runs it in the project that it has made. */
export const selfCheck: CommandRow = {
  name: 'self-check',
  isHidden: true,
  summary: 'what create checks in a new project, a line of JSON for each result',
  options: [],
  run: async (_, context) => (await import('../../doctor/self-check-lines.ts')).writeSelfCheck(context),
};
