import { checkMcpUrl, checkPort, isLoopback, portOf } from '../../../scalekit/index.ts';
import { type Check, withSetting } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { editOf, placeOf, settingOf } from '../../settings.ts';

/** Facts: Scalekit, documented failures 2 and 5. */
export const portOfUrl: Check = {
  code: 'SKM112',
  run: (facts) =>
    withSetting(facts, 'PORT', (setting, project) => {
      const port = checkPort(setting.value);
      const mcpUrl = settingOf(project, 'MCP_URL');
      const checked = checkMcpUrl(mcpUrl?.value ?? '');
      if (!port.ok || !checked.ok || mcpUrl === undefined)
        return skipped('PORT and MCP_URL are not both usable');
      const url = new URL(checked.value);
      if (!isLoopback(url)) return skipped('MCP_URL is public, so a proxy in front decides the port');
      if (portOf(url) === port.value) return passed(setting.value);
      url.port = setting.value;
      return found({
        subject: placeOf(mcpUrl),
        actual: `PORT=${setting.value}, ${mcpUrl.name}=${mcpUrl.value}`,
        expected: `${mcpUrl.name}=${url.href}`,
        edits: editOf(mcpUrl, url.href),
      });
    }),
};
