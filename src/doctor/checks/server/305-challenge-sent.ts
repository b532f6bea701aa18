import { defineCheck, withServer } from '../../check.ts';
import { isChallengeRenamed } from '../../interference.ts';
import { found, passed, skipped } from '../../model.ts';
import { challengeOf, refusalOf, summary } from '../../reading.ts';

/** RFC 9110 §15.5.2: a 401 carries a challenge; RFC 6750 §3: of the scheme Bearer. */
export default defineCheck({
  code: 'SKM305',
  level: 'error',
  side: 'code',
  holds: 'The refusal tells clients how to sign in',
  title: 'The refusal (401) does not tell clients how to sign in',
  why: 'A client learns where to sign in from the WWW-Authenticate header of the refusal. Without it, it just fails.',
  fix: 'Send WWW-Authenticate: Bearer resource_metadata="…" with every 401.',
  run: (facts) =>
    withServer(facts, (server) => {
      const [noToken, { endpoint }] = [refusalOf(server), server];
      if (!noToken.answered || noToken.status !== 401)
        return skipped(`A call without a token is answered with ${summary(noToken)}, not 401`);
      if (challengeOf(noToken)) return passed();
      if (isChallengeRenamed(noToken)) return skipped('A gateway has renamed it');
      return found({
        subject: { url: endpoint },
        actual: noToken.headers['www-authenticate'] ?? 'no WWW-Authenticate header',
        expected: 'WWW-Authenticate: Bearer resource_metadata="…"',
      });
    }),
});
