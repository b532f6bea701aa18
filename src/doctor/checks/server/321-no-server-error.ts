import { defineCheck, withAnswer } from '../../check.ts';
import { isNoUpstream, isStranger } from '../../interference.ts';
import { found, skipped } from '../../model.ts';
import { callsWithoutGoodToken, isFirewall, summary } from '../../reading.ts';

/** docs/scalekit.md#documented-failures, 18: clients throw a token away on 401, and on nothing else. */
export default defineCheck({
  code: 'SKM321',
  level: 'error',
  side: 'code',
  holds: 'A bad token does not break the server',
  title: 'The server breaks down on a missing or bad token',
  why: 'Clients throw a token away and sign in again when they get 401, and only then. With 500 they are stuck.',
  fix: 'Catch the error of the token check and answer 401 with WWW-Authenticate.',
  run: (facts) =>
    withAnswer(facts, (server) => {
      if (isStranger(server)) return skipped('Another program answers there');
      return found(
        ...callsWithoutGoodToken(server)
          // 503 means that the keys could not be had: that is its own finding.
          .filter(({ answer }) => answer.answered && answer.status >= 500 && answer.status !== 503)
          .filter(({ answer }) => !isFirewall(answer) && !isNoUpstream(answer))
          .slice(0, 1)
          .map(({ what, answer }) => ({
            subject: { url: server.endpoint },
            actual: `${summary(answer)} to ${what}`,
            expected: '401',
          })),
      );
    }),
});
