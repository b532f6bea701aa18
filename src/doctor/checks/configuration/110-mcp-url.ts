import { checkMcpUrl } from '../../../scalekit/index.ts';
import { defineCheck, withSetting } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { placeOf } from '../../settings.ts';

/** docs/scalekit.md#documented-failures, 2. */
export default defineCheck({
  code: 'SKM110',
  level: 'error',
  side: 'env',
  holds: 'MCP_URL is a URL that clients can use',
  title: 'MCP_URL is not a URL that clients can use',
  why: 'The server tells clients where it is with this URL; with a wrong one they cannot connect.',
  fix: 'Set it to the public base URL: http://localhost:<port>/ on your machine, https://… for the world.',
  run: (facts) =>
    withSetting(facts, 'MCP_URL', (setting) => {
      const checked = checkMcpUrl(setting.value);
      if (checked.ok) return passed(checked.value);
      const { reason, actual, expected } = checked.problem;
      return found({ subject: placeOf(setting), title: reason, actual, expected });
    }),
});
