import { isLoopback } from '../../../scalekit/index.ts';
import { defineCheck, withServer } from '../../check.ts';
import { guardLine, inFramework } from '../../frameworks.ts';
import { found, passed, skipped } from '../../model.ts';
import { isMcpAnswer, isRedirect, isServed, summary } from '../../reading.ts';

/** docs/mcp.md#transport. In public a proxy filters host names; on this machine a web page can use any name (DNS rebinding). */
export default defineCheck({
  code: 'SKM334',
  level: 'advice',
  side: 'code',
  holds: 'Calls under a foreign name are kept out',
  title: 'The server answers to any name',
  why: 'A web page can point its own name at this machine and so get around the browser’s protection (DNS rebinding).',
  fix: 'Answer 403 to a Host that is not the one of MCP_URL.',
  run: (facts) =>
    withServer(facts, ({ foreignHost: answer, endpoint, noToken }) => {
      if (!isLoopback(new URL(endpoint)))
        return skipped('It is not on this machine, where only a page could lie');
      if (isRedirect(answer)) return skipped('It answers with a redirect');
      // A proxy may answer anything to a name that it does not know, but not as an MCP server.
      if (!isMcpAnswer(answer) || (answer.answered && answer.status >= 400 && answer.status !== 401))
        return passed(summary(answer));
      return found({
        subject: { url: endpoint },
        ...inFramework(facts, guardLine),
        actual: `${summary(answer)} to a call with Host: attacker.example`,
        expected: '403',
        level: isServed(answer) && !isServed(noToken) ? 'error' : 'advice',
      });
    }),
});
