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
      const wanted = String(portOf(url));
      if (wanted === setting.value) return passed(setting.value);
      // The dashboard and the clients know MCP_URL, and nobody else knows PORT: that is the one to change.
      return found({
        subject: placeOf(setting),
        actual: `PORT=${setting.value}, ${mcpUrl.name}=${mcpUrl.value}`,
        expected: `PORT=${wanted}`,
        edits: editOf(setting, wanted),
      });
    }),
};
