import { exitCodes } from './context.ts';
import { runOnProcess } from './run.ts';

await runOnProcess(async () => exitCodes.ok);
