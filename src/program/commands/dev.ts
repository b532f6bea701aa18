import { switchOptions } from '../../emulator/switches.ts';
import { exitCodes } from '../../terminal/context.ts';
import type { CommandRow } from '../command.ts';

export const dev: CommandRow = {
  name: 'dev',
  summary: 'runs the local Scalekit (if .env points at it) and the server, restarted when you save',
  options: switchOptions,
  run: async (options, context) => {
    await (await import('../../develop/dev.ts')).develop(context, options);
    // Only Ctrl-C ends it.
    return exitCodes.interrupted;
  },
};
