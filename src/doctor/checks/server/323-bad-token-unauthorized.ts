import { defineCheck, withServer } from '../../check.ts';
import { found, skipped } from '../../model.ts';
import { asksNobody, callsWithBadToken, lacksScope, summary } from '../../reading.ts';

/** RFC 6750 §3.1: an invalid token is answered with 401. */
export default defineCheck({
  code: 'SKM323',
  level: 'warning',
  side: 'code',
  holds: 'A bad token is answered with 401',
  title: 'A bad token is answered with something other than 401',
  why: 'Clients throw a token away and sign in again when they get 401, and only then.',
  fix: 'Answer 401 with WWW-Authenticate to every token that is not accepted. 403 is for good tokens that lack a scope.',
  run: (facts) =>
    withServer(facts, (server) => {
      if (asksNobody(server)) return skipped('It does not even ask for a token');
      const wrong = callsWithBadToken(server).filter(
        ({ answer }) =>
          // Redirects, server errors, successes and "too many" are dealt with by other checks, or have other reasons.
          answer.answered &&
          answer.status >= 400 &&
          answer.status < 500 &&
          !lacksScope(answer) &&
          ![401, 429].includes(answer.status),
      );
      return found(
        ...wrong.slice(0, 1).map(({ what, answer }) => ({
          subject: { url: server.endpoint },
          actual: `${summary(answer)} to ${what}`,
          expected: '401',
        })),
      );
    }),
});
