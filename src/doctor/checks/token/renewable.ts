import { clockToleranceSeconds, scopesOf } from '../../../scalekit/index.ts';
import { type Check, withToken } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

/** Facts: Scalekit, documented failure 16; only worth saying of a token that has run out. */
export const renewable: Check = {
  code: 'SKM414',
  run: (facts) =>
    withToken(facts, ({ claims, now }) => {
      if (typeof claims.exp !== 'number' || now <= claims.exp + clockToleranceSeconds)
        return skipped('The token has not expired');
      if (scopesOf(claims).includes('offline_access')) return passed();
      return found({
        subject: {},
        actual: 'the client does not seem to have asked for offline_access',
        expected: 'offline_access among the scopes that the client asks for',
      });
    }),
};
