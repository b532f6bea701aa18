import { create, createAsksForJson } from '../create/command.ts';
import { type Program, runOnProcess } from './run.ts';

const program: Program = Object.assign(create, {
  asksForJson: createAsksForJson,
  tool: 'create-scalekit-mcp',
});

// Not awaited: while a module waits at its top level, what it loads lazily waits for it in turn, for ever.
void runOnProcess(program);
