import { type Check, withServer } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { challengeOf, summary } from '../../reading.ts';

/** RFC 9110 §15.5.2: a 401 carries a challenge; RFC 6750 §3: of the scheme Bearer. */
export const challengeSent: Check = {
  code: 'SKM305',
  run: (facts) =>
    withServer(facts, ({ noToken, endpoint }) => {
      if (!noToken.answered || noToken.status !== 401)
        return skipped(`A call without a token is answered with ${summary(noToken)}, not 401`);
      if (challengeOf(noToken)) return passed();
      return found({
        subject: { url: endpoint },
        actual: noToken.headers['www-authenticate'] ?? 'no WWW-Authenticate header',
        expected: 'WWW-Authenticate: Bearer resource_metadata="…"',
      });
    }),
};
