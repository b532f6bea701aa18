import { defineCheck, withAnswer } from '../../check.ts';
import { isHostRefused, isLogin, isNoUpstream } from '../../interference.ts';
import { found } from '../../model.ts';
import { isFirewall, summary } from '../../reading.ts';

/** docs/scalekit.md#documented-failures, 17. */
export default defineCheck({
  code: 'SKM337',
  level: 'error',
  side: 'proxy',
  holds: 'Programs get through to the server',
  title: 'A firewall or bot check answers in place of the server',
  why: 'It shows a page for people to prove that they are people. MCP clients are programs and cannot.',
  fix: 'Make an exception for /mcp and /.well-known/ in the firewall (Cloudflare: Security > WAF > Custom rules > Skip).',
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
            actual: summary(answer),
            expected: 'the server’s own answer',
          })),
      ),
    ),
});
