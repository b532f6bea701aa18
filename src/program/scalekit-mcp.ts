import { runOnProcess } from './run.ts';
import { scalekitMcp } from './toolbox.ts';

// Not awaited: lazily loaded chunks that import this module would wait for its top-level await, and deadlock.
void runOnProcess(scalekitMcp);
