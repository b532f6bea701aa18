import { create } from './commands/create.ts';
import { runOnProcess } from './run.ts';

// Not awaited: while a module waits at its top level, what it loads lazily waits for it in turn, for ever.
void runOnProcess((args, context) => create(args, context));
