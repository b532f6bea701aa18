import { defineCheck, withAnswer } from '../../check.ts';
import { isHostRefused, isLogin, isNoUpstream } from '../../interference.ts';
import { lineFor, whoAnswered } from '../../intermediaries.ts';
import { found } from '../../model.ts';
import type { ProbeResult } from '../../probe.ts';
import { isFirewall, summary } from '../../reading.ts';

function who(answer: ProbeResult): string {
  const name = whoAnswered(answer);
  return name === undefined ? '' : `, from ${name}`;
}

/** docs/scalekit.md#documented-failures, 17. */
export default defineCheck({
  code: 'SKM337',
  level: 'error',
  side: 'proxy',
  holds: 'Programs get through to the server',
  title: 'A firewall or bot check answers instead of the server',
  why: 'It shows a page for people to prove that they are people. MCP clients are programs and cannot.',
  fix: 'Make an exception for /mcp and /.well-known/ in the firewall or bot check.',
  run: (facts) =>
    withAnswer(facts, ({ noToken, metadata }) =>
      found(
        ...[noToken, metadata]
          .filter(
            (answer) =>
              isFirewall(answer) && !isNoUpstream(answer) && !isLogin(answer) && !isHostRefused(answer),
          )
          .slice(0, 1)
          .map((answer) => ({
            subject: { url: answer.url },
            actual: `${summary(answer)}${who(answer)}`,
            expected: 'the server’s own answer',
            fix: lineFor('policy', [answer]),
          })),
      ),
    ),
});
