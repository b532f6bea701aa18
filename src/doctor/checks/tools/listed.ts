import { type Check, withTools } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { succeeded, summary, toolsOf } from '../../reading.ts';

/** MCP, tools: `tools/list`. */
export const listed: Check = {
  code: 'SKM502',
  run: (facts) =>
    withTools(facts, ({ initialize, list }, { endpoint }) => {
      if (!succeeded(initialize)) return skipped('The server did not let the call in');
      const tools = toolsOf(list);
      if (tools !== undefined) return passed(`${tools.length} tools`);
      return found({
        subject: { url: endpoint },
        actual: `${summary(list)} to tools/list`,
        expected: 'a list of tools',
      });
    }),
};
