import { checkMcpUrl } from '../../../scalekit/index.ts';
import { defineCheck, withSetting } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { isBaseUrl, wrongValue } from '../../settings.ts';

/** docs/scalekit.md#documented-failures, 2. */
export default defineCheck({
  code: 'SKM109',
  level: 'error',
  side: 'env',
  holds: 'MCP_URL is the base URL, without /mcp',
  title: 'MCP_URL ends in /mcp',
  why: 'The server adds /mcp itself, so clients are sent to /mcp/mcp, where nothing is.',
  fix: 'Remove /mcp. Clients still use the URL with /mcp at its end.',
  explains: ['SKM108', 'SKM301', 'SKM303', 'SKM313', 'SKM142', 'SKM319'],
  run: (facts) =>
    withSetting(facts, 'MCP_URL', (setting, project) => {
      if (!isBaseUrl(setting, project)) return skipped(`${setting.name} is not a base URL, by its name`);
      const checked = checkMcpUrl(setting.value);
      if (!checked.ok) return skipped('MCP_URL is not a URL that a server can have');
      if (!/\/mcp\/*$/.test(setting.value)) return passed();
      // Our server removes it by itself; others serve /mcp/mcp, or advertise one URL and check another.
      const level = project.kind === 'generated' ? { level: 'warning' as const } : {};
      return found({ ...wrongValue(setting, checked.value), ...level });
    }),
});
