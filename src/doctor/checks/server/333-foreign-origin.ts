import { defineCheck, type Others, withServer } from '../../check.ts';
import { corsOf } from '../../cors.ts';
import { guardLine, inFramework } from '../../frameworks.ts';
import { type Finding, found, type Level, passed } from '../../model.ts';
import { isServed, summary } from '../../reading.ts';

const origin = 'https://attacker.example';

/** The parts of a finding that depend on how far a foreign page gets. */
type Depth = Pick<Finding, 'actual' | 'level' | 'why'>;

/** As bad as its cause, that everybody is let in; but only advice if everything is meant to be public. */
function openness(others: Others): Level {
  const open = others.outcomeOf('SKM304');
  if (open?.state !== 'found') return 'advice';
  return open.findings[0]?.level ?? 'error';
}

const secondWall =
  'A page without a token gets nothing, but MCP asks for this second wall: a token that leaks into a page could be used from there.';

/** MCP, transports, security: "servers MUST validate the Origin header" (403). Without a token a 401 hides whether they do. */
export default defineCheck({
  code: 'SKM333',
  level: 'advice',
  side: 'code',
  holds: 'Foreign web pages are kept out',
  title: 'The server does not keep foreign web pages out',
  why: 'Any web site that a user visits could call this server from the user’s browser.',
  fix: 'Answer 403 to an Origin that you do not know, and name only known origins in Access-Control-Allow-Origin.',
  run: (facts, others) =>
    withServer(facts, ({ foreignOrigin: answer, endpoint }) => {
      const answerWithToken = facts.tools.known ? facts.tools.value.foreignOrigin : undefined;
      const finding = (depth: Depth) =>
        found({ subject: { url: endpoint }, expected: '403', ...inFramework(facts, guardLine), ...depth });
      if (isServed(answer))
        return finding({ actual: `${summary(answer)} to a call from ${origin}`, level: openness(others) });
      if (corsOf(answer).allows(origin))
        return finding({ actual: `${summary(answer)} with Access-Control-Allow-Origin for ${origin}` });
      if (answerWithToken !== undefined && isServed(answerWithToken))
        return finding({
          actual: `${summary(answerWithToken)} to a call from ${origin} with a token`,
          why: secondWall,
        });
      return passed(summary(answer));
    }),
});
