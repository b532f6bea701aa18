import type { CommandRow, PassingRow } from '../command.ts';
import { create } from './create.ts';
import { dev } from './dev.ts';
import { doctor } from './doctor-row.ts';
import { eject } from './eject.ts';
import { emulate } from './emulate.ts';
import { register } from './register.ts';

/** The commands of `scalekit-mcp`, in the order of its help. */
export const commands: ReadonlyArray<CommandRow | PassingRow> = [
  dev,
  emulate,
  doctor,
  register,
  eject,
  create,
];
