import { defineCheck, withServer } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { summary } from '../../reading.ts';

/** Facts: Scalekit, documented failure 6. */
export default defineCheck({
  code: 'SKM319',
  level: 'warning',
  side: 'client',
  holds: 'The URL is the MCP endpoint',
  title: 'The URL is not the MCP endpoint',
  why: 'Only the endpoint speaks MCP, usually with /mcp at its end. A client that is given another URL gets “not found”.',
  fix: 'Give clients the URL above.',
  run: (facts) =>
    withServer(facts, ({ given, atGiven, endpoint }) =>
      given === undefined || atGiven === undefined
        ? passed()
        : found({
            subject: { url: given },
            actual: `${given} answers ${summary(atGiven)}`,
            expected: endpoint,
          }),
    ),
});
