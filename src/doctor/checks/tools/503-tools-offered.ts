import { defineCheck, withTools } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { toolsOf } from '../../reading.ts';

/** docs/mcp.md#what-the-sdks-recipes-leave-open: FastMCP hides the tools for which a token lacks the scopes. */
export default defineCheck({
  code: 'SKM503',
  level: 'warning',
  side: 'code',
  holds: 'There are tools',
  title: 'The server has no tools for this token',
  why: 'Some frameworks hide tools for which the token lacks the scopes, so a client with too few scopes sees none.',
  fix: 'Register a tool, or sign in again with all scopes.',
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
});
