import { create, createAsksForJson } from '../create/command.ts';
import { type Program, runOnProcess } from './run.ts';

const program: Program = Object.assign(create, {
  asksForJson: createAsksForJson,
  tool: 'create-scalekit-mcp',
});

// Not awaited: lazily loaded chunks that import this module would wait for its top-level await, and deadlock.
void runOnProcess(program);
