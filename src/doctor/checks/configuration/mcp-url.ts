import { checkMcpUrl } from '../../../scalekit/index.ts';
import { type Check, withSetting } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { placeOf } from '../../settings.ts';

/** Facts: Scalekit, documented failure 2. */
export const mcpUrl: Check = {
  code: 'SKM110',
  run: (facts) =>
    withSetting(facts, 'MCP_URL', (setting) => {
      const checked = checkMcpUrl(setting.value);
      if (checked.ok) return passed(checked.value);
      const { reason, actual, expected } = checked.problem;
      return found({ subject: placeOf(setting), title: reason, actual, expected });
    }),
};
