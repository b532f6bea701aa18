import { runOnProcess } from './run.ts';
import { scalekitMcp } from './toolbox.ts';

await runOnProcess(scalekitMcp);
