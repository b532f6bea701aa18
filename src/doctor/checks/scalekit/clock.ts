import { clockToleranceSeconds } from '../../../scalekit/index.ts';
import { type Check, withFact } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

/** Facts: Scalekit, documented failure 12. */
export const clock: Check = {
  code: 'SKM212',
  run: ({ scalekit }) =>
    withFact(scalekit, ({ clockOffset, issuer }) => {
      if (clockOffset === undefined) return skipped('Scalekit’s answer has no date');
      if (Math.abs(clockOffset) <= clockToleranceSeconds) return passed(`${clockOffset} s apart`);
      const relation = clockOffset > 0 ? 'behind' : 'ahead of';
      return found({
        subject: { url: new URL(issuer).origin },
        actual: `this machine’s clock is ${Math.abs(clockOffset)} s ${relation} Scalekit’s`,
        expected: `at most ${clockToleranceSeconds} s`,
      });
    }),
};
