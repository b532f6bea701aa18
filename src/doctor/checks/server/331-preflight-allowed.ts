import { defineCheck, withServer } from '../../check.ts';
import { corsOf } from '../../cors.ts';
import { corsLine, inFramework } from '../../frameworks.ts';
import { type Finding, found, skipped } from '../../model.ts';
import { isRedirect, isSilent, succeeded, summary } from '../../reading.ts';

/** docs/mcp.md#clients, "`/mcp` needs CORS: answer the preflight before the bearer gate" (documented failure 15). */
export default defineCheck({
  code: 'SKM331',
  level: 'advice',
  side: 'code',
  holds: 'Clients that run in a browser may call the server',
  title: 'Clients that run in a browser cannot call the server',
  why: 'A browser first asks whether it may send a token (a preflight), and gets no permission. The MCP Inspector is such a client.',
  fix: 'Answer OPTIONS before the token is checked, with Access-Control-Allow-Origin and Access-Control-Allow-Headers: authorization, content-type, mcp-protocol-version.',
  run: (facts) =>
    withServer(facts, ({ preflight, browserOrigin, endpoint }) => {
      if (isSilent(preflight)) return skipped('It did not answer in time');
      if (isRedirect(preflight)) return skipped('It answers with a redirect');
      const cors = corsOf(preflight);
      const finding = (actual: string, expected: string): Finding => ({
        subject: { url: endpoint },
        ...inFramework(facts, corsLine),
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
});
