import { type Check, withAnswer } from '../../check.ts';
import { found } from '../../model.ts';
import { callsWithoutGoodToken, isFirewall, summary } from '../../reading.ts';

/** Facts: Scalekit, documented failure 18: clients throw a token away on 401, and on nothing else. */
export const noServerError: Check = {
  code: 'SKM321',
  run: (facts) =>
    withAnswer(facts, (server) =>
      found(
        ...callsWithoutGoodToken(server)
          // 503 means that the keys could not be had: that is its own finding.
          .filter(({ answer }) => answer.answered && answer.status >= 500 && answer.status !== 503)
          .filter(({ answer }) => !isFirewall(answer))
          .slice(0, 1)
          .map(({ what, answer }) => ({
            subject: { url: server.endpoint },
            actual: `${summary(answer)} to ${what}`,
            expected: '401',
          })),
      ),
    ),
};
