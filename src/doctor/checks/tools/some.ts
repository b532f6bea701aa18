import { type Check, withTools } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { toolsOf } from '../../reading.ts';

/** Facts: field: FastMCP hides the tools for which a token lacks the scopes. */
export const some: Check = {
  code: 'SKM503',
  run: (facts) =>
    withTools(facts, ({ list }, { endpoint }) => {
      const tools = toolsOf(list);
      if (tools === undefined) return skipped('There is no list of tools');
      if (tools.length > 0) return passed(tools.join(', '));
      return found({
        subject: { url: endpoint },
        actual: 'an empty list',
        expected: 'the tools that this token may use',
      });
    }),
};
