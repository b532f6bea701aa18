import { defineCheck, withServer } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { isSilent, succeeded, summary } from '../../reading.ts';

/** docs/mcp.md#what-the-sdks-recipes-leave-open, "second request": one server object shared by all connections. */
export default defineCheck({
  code: 'SKM335',
  level: 'error',
  side: 'code',
  holds: 'The server answers more than once',
  title: 'The server answers the first call and fails on the second',
  why: 'One server object is shared by all connections (“Already connected to a transport”). The second client gets an error, or another one’s answers.',
  fix: 'Make a new McpServer and transport for each request, or for each session.',
  explains: ['SKM501', 'SKM502', 'SKM503'],
  run: (facts) =>
    withServer(facts, ({ noToken, secondCall, endpoint }) => {
      const pairs = [[noToken, secondCall] as const];
      if (facts.tools.known) pairs.push([facts.tools.value.initialize, facts.tools.value.secondInitialize]);
      const served = pairs.filter(([first]) => succeeded(first));
      if (served.length === 0) return skipped('No call was let in, so there is no second one');
      const broken = served.find(([, second]) => !succeeded(second) && !isSilent(second));
      if (broken === undefined) return passed();
      return found({
        subject: { url: endpoint },
        actual: `${summary(broken[0])}, and ${summary(broken[1])} the second time`,
        expected: 'the same answer twice',
      });
    }),
});
