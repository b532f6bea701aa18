import { runOnProcess } from './run.ts';
import { scalekitMcp } from './toolbox.ts';

// Not awaited: while a module waits at its top level, what it loads lazily waits for it in turn, for ever.
void runOnProcess(scalekitMcp);
