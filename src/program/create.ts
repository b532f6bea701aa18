import { create } from './commands/create.ts';
import { runOnProcess } from './run.ts';

await runOnProcess((args, context) => create(args, context));
