import { checkMcpUrl } from '../../../scalekit/index.ts';
import { type Check, withSetting } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { editOf, placeOf } from '../../settings.ts';

/** Facts: Scalekit, documented failure 2. */
export const mcpUrlBase: Check = {
  code: 'SKM109',
  run: (facts) =>
    withSetting(facts, 'MCP_URL', (setting, project) => {
      const checked = checkMcpUrl(setting.value);
      if (!checked.ok) return skipped('MCP_URL is no URL that a server can have');
      if (!/\/mcp\/*$/.test(setting.value)) return passed();
      // Ours takes it off by itself; others serve /mcp/mcp, or advertise one URL and check another.
      const level = project.kind === 'generated' ? { level: 'warning' as const } : {};
      return found({
        subject: placeOf(setting),
        actual: setting.value,
        expected: checked.value,
        edits: editOf(setting, checked.value),
        ...level,
      });
    }),
};
