import { defineCheck, withServer } from '../../check.ts';
import { type Finding, found } from '../../model.ts';
import { challengeOf, refusalOf } from '../../reading.ts';

/** RFC 6750 §3: `error` for a token that was refused, and none if there was no token. */
export default defineCheck({
  code: 'SKM324',
  level: 'advice',
  side: 'code',
  holds: 'The refusal tells a missing token from a bad one',
  title: 'The refusal does not tell a missing token from a bad one',
  why: 'Clients that look at error="invalid_token" cannot tell whether to sign in for the first time or once more.',
  fix: 'Send error="invalid_token" with the 401 to a bad token, and no error when there was no token.',
  run: (facts) =>
    withServer(facts, (server) => {
      const { garbageToken, endpoint } = server;
      const subject = { url: endpoint };
      const findings: Finding[] = [];
      const [without, refused] = [challengeOf(refusalOf(server)), challengeOf(garbageToken)];
      if (without?.error !== undefined)
        findings.push({ subject, actual: `error="${without.error}" without a token`, expected: 'no error' });
      if (refused !== undefined && refused.error !== 'invalid_token')
        findings.push({
          subject,
          actual: `${refused.error === undefined ? 'no error' : `error="${refused.error}"`} for a bad token`,
          expected: 'error="invalid_token"',
        });
      return found(...findings);
    }),
});
