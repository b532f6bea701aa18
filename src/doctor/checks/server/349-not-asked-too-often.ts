import { defineCheck, withAnswer } from '../../check.ts';
import { passed, unreachable } from '../../model.ts';

/** RFC 6585 §4. */
export default defineCheck({
  code: 'SKM349',
  level: 'warning',
  side: 'machine',
  holds: 'The server has time for this check',
  title: 'The server was asked too often to be checked',
  why: 'It answers 429, so nothing else could be seen.',
  fix: 'Wait a minute and run this again. If clients get 429 too, raise the limit, and let the proxy’s addresses be trusted so that clients are told apart.',
  run: (facts) =>
    withAnswer(facts, ({ noToken }) => {
      if (!noToken.answered || noToken.status !== 429) return passed();
      const wait = noToken.headers['retry-after'];
      return unreachable(
        `${noToken.url} answers 429${wait === undefined ? '' : `, and asks to wait ${wait} s`}`,
      );
    }),
});
