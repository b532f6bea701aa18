import { doctorOptionRows } from '../../doctor/options.ts';
import type { CommandRow } from '../command.ts';

export const doctor: CommandRow = {
  name: 'doctor',
  summary: 'what is wrong with this project and its server, whose side it is on, and how to mend it',
  argument: ['[url]', "a server to look at in place of this project's"],
  options: doctorOptionRows,
  run: async (options, context) => (await import('../../doctor/command.ts')).doctor(options, context),
};
