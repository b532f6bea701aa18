import { createAsksForJson, create as createProject } from '../../create/command.ts';
import type { PassingRow } from '../command.ts';

export const create: PassingRow = {
  name: 'create',
  summary: 'the same as create-scalekit-mcp',
  passes: (args, context) => createProject(args, context, 'scalekit-mcp create'),
  asksForJson: createAsksForJson,
};
