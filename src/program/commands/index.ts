import type { CommandRow, PassingRow } from '../command.ts';
import { add } from './add.ts';
import { call } from './call.ts';
import { connect } from './connect.ts';
import { create } from './create.ts';
import { deny } from './deny.ts';
import { dev } from './dev.ts';
import { doctor } from './doctor.ts';
import { eject } from './eject.ts';
import { emulate } from './emulate.ts';
import { inspect } from './inspect.ts';
import { list } from './list.ts';
import { register } from './register.ts';
import { selfCheck } from './self-check.ts';
import { token } from './token.ts';
import { update } from './update.ts';

/** The commands of `scalekit-mcp`, in the order of its help. */
export const commands: ReadonlyArray<CommandRow | PassingRow> = [
  dev,
  token,
  call,
  list,
  inspect,
  connect,
  add,
  emulate,
  doctor,
  register,
  update,
  deny,
  eject,
  create,
  selfCheck,
];
