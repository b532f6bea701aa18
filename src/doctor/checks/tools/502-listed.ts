import { defineCheck, withTools } from '../../check.ts';
import type { Facts } from '../../facts/index.ts';
import { behindCheckLine } from '../../frameworks.ts';
import { found, passed, skipped } from '../../model.ts';
import type { ProbeResult } from '../../probe.ts';
import { isBroken, succeeded, summary, toolsOf } from '../../reading.ts';

function usual({ project }: Facts, answer: ProbeResult): string {
  const isFailure = answer.answered && answer.status === 500;
  const line = behindCheckLine(project.known ? project.value : undefined);
  return isFailure && line !== undefined ? ` ${line}` : '';
}

/** MCP, tools: `tools/list`. */
export default defineCheck({
  code: 'SKM502',
  level: 'error',
  side: 'code',
  holds: 'The server lists its tools',
  title: 'The server lets the client in but does not list its tools',
  why: 'Clients show no tools, or an error.',
  fix: 'See the server’s log for the error at tools/list.',
  run: (facts, { refusals }) =>
    withTools(facts, ({ initialize, list }, { endpoint }) => {
      if (isBroken(initialize) && refusals?.length === 0)
        return found({
          subject: { url: endpoint },
          title: 'The server fails on a call with a good token',
          actual: `${summary(initialize)} to the first message`,
          expected: '200',
          why: 'The token check is passed, and behind it nothing answers as an MCP server.',
          fix: `See the server’s log, and whether MCP is served at exactly this path: the check in front of it may well answer at any path.${usual(facts, initialize)}`,
        });
      if (!succeeded(initialize)) return skipped('The server did not let the call in');
      const tools = toolsOf(list);
      if (tools !== undefined) return passed(`${tools.length} tool${tools.length === 1 ? '' : 's'}`);
      return found({
        subject: { url: endpoint },
        actual: `${summary(list)} to tools/list`,
        expected: 'a list of tools',
      });
    }),
});
