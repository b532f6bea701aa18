import { clockToleranceSeconds, scopesOf } from '../../../scalekit/index.ts';
import { defineCheck, withToken } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

/** docs/scalekit.md#documented-failures, 16; only worth saying about a token that has expired. */
export default defineCheck({
  code: 'SKM414',
  level: 'advice',
  side: 'client',
  holds: 'The client can renew the token by itself',
  title: 'The client cannot renew the token by itself',
  why: 'Scalekit gives a refresh token only to clients that ask for the scope offline_access.',
  fix: 'If people have to sign in every hour, see whether the client can ask for offline_access.',
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
});
