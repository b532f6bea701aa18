import { maximumLifetimeSeconds } from '../../../scalekit/index.ts';
import { type Check, withToken } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { ago } from '../../times.ts';

/** Facts: security: a lifetime of years; Scalekit's is an hour. */
export const lifetime: Check = {
  code: 'SKM411',
  run: (facts) =>
    withToken(facts, ({ claims: { exp, iat } }) => {
      if (typeof exp !== 'number' || typeof iat !== 'number')
        return skipped('It does not say when it was issued');
      if (exp - iat <= maximumLifetimeSeconds) return passed(ago(exp - iat));
      return found({
        subject: {},
        actual: ago(exp - iat),
        expected: `at most ${ago(maximumLifetimeSeconds)}`,
      });
    }),
};
