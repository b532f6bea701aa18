import { type Check, withAnswer } from '../../check.ts';
import { found } from '../../model.ts';
import { isFirewall, summary } from '../../reading.ts';

/** Facts: Scalekit, documented failure 17. */
export const noFirewall: Check = {
  code: 'SKM337',
  run: (facts) =>
    withAnswer(facts, ({ noToken, metadata }) =>
      found(
        ...[noToken, metadata]
          .filter(isFirewall)
          .slice(0, 1)
          .map((answer) => ({
            subject: { url: answer.url },
            actual: summary(answer),
            expected: 'the server’s own answer',
          })),
      ),
    ),
};
