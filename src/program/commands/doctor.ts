import { doctorOptionRows } from '../../doctor/options.ts';
import type { CommandRow } from '../command.ts';

export const doctor: CommandRow = {
  name: 'doctor',
  summary: 'finds what is wrong with this project and its server, where, and how to fix it',
  argument: ['[url]', "the server to check instead of this project's"],
  options: doctorOptionRows,
  run: async (options, context) => (await import('../../doctor/command.ts')).doctor(options, context),
};
