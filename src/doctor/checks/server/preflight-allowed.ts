import { type Check, withServer } from '../../check.ts';
import { type Finding, found, skipped } from '../../model.ts';
import { corsOf, isRedirect, succeeded, summary } from '../../reading.ts';

/** Facts: MCP, "`/mcp` needs CORS: answer the preflight before the bearer gate" (documented failure 15). */
export const preflightAllowed: Check = {
  code: 'SKM331',
  run: (facts) =>
    withServer(facts, ({ preflight, browserOrigin, endpoint }) => {
      if (isRedirect(preflight)) return skipped('It answers with a redirect');
      const cors = corsOf(preflight);
      const finding = (actual: string, expected: string): Finding => ({
        subject: { url: endpoint },
        actual,
        expected,
      });
      if (!succeeded(preflight))
        return found(finding(`${summary(preflight)} to OPTIONS from ${browserOrigin}`, '204'));
      if (!cors.allows(browserOrigin))
        return found(finding(`no Access-Control-Allow-Origin for ${browserOrigin}`, browserOrigin));
      if (!cors.allowsHeader('authorization'))
        return found(
          finding('Access-Control-Allow-Headers without authorization', 'authorization among the headers'),
        );
      return found();
    }),
};
