import { clockToleranceSeconds } from '../../../scalekit/index.ts';
import { defineCheck, withToken } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { ago, utc } from '../../times.ts';

/** RFC 7519 §4.1.4. */
export default defineCheck({
  code: 'SKM406',
  level: 'error',
  side: 'client',
  holds: 'The token has not expired',
  title: 'The token has expired',
  why: 'Tokens are good for a limited time, usually an hour. The server answers 401 and the client has to get a new one.',
  fix: 'Sign in again in the client. A client that asks for offline_access renews its tokens by itself.',
  refusesToken: true,
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
});
