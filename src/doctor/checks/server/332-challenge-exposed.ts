import { defineCheck, withServer } from '../../check.ts';
import { corsOf } from '../../cors.ts';
import { corsLine, inFramework } from '../../frameworks.ts';
import { found, passed, skipped } from '../../model.ts';
import { challengeOf } from '../../reading.ts';

/** docs/scalekit.md#documented-failures, 15: the exposed `WWW-Authenticate`. */
export default defineCheck({
  code: 'SKM332',
  level: 'advice',
  side: 'code',
  holds: 'Clients that run in a browser can read how to sign in',
  title: 'Clients that run in a browser cannot read how to sign in',
  why: 'A browser hides the WWW-Authenticate header from the page unless the server exposes it.',
  fix: 'Send Access-Control-Expose-Headers: WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version.',
  run: (facts) =>
    withServer(facts, ({ callFromBrowser, browserOrigin, endpoint }) => {
      const cors = corsOf(callFromBrowser);
      if (challengeOf(callFromBrowser) === undefined || !cors.allows(browserOrigin))
        return skipped('A web page gets no challenge to read');
      if (cors.exposes('www-authenticate')) return passed();
      return found({
        subject: { url: endpoint },
        ...inFramework(facts, corsLine),
        actual: cors.exposed === '' ? 'no Access-Control-Expose-Headers' : cors.exposed,
        expected: 'Access-Control-Expose-Headers: WWW-Authenticate',
      });
    }),
});
