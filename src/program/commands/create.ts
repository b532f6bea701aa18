import type { PassingRow } from '../command.ts';
import { hasJsonFlag } from '../run.ts';

export const create: PassingRow = {
  name: 'create',
  summary: 'the same as create-scalekit-mcp',
  passes: async (args, context) =>
    (await import('../../create/command.ts')).create(args, context, 'scalekit-mcp create'),
  // npm may have taken the flag as its own, as it does for create-scalekit-mcp.
  asksForJson: (args, env) => hasJsonFlag(args) || env.npm_config_json === 'true',
};
