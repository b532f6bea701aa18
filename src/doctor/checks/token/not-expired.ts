import { clockToleranceSeconds } from '../../../scalekit/index.ts';
import { type Check, withToken } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { ago, utc } from '../../times.ts';

/** RFC 7519 §4.1.4. */
export const notExpired: Check = {
  code: 'SKM406',
  run: (facts) =>
    withToken(facts, ({ claims, now }) => {
      const { exp } = claims;
      if (typeof exp !== 'number')
        return found({
          subject: {},
          actual: `exp ${JSON.stringify(exp) ?? 'is missing'}`,
          expected: 'a time',
        });
      if (now <= exp + clockToleranceSeconds) return passed(`exp ${utc(exp)}, in ${ago(exp - now)}`);
      return found({
        subject: {},
        actual: `exp ${utc(exp)}, ${ago(now - exp)} ago`,
        expected: 'a time to come',
      });
    }),
};
