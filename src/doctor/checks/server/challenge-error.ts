import { type Check, withServer } from '../../check.ts';
import { type Finding, found } from '../../model.ts';
import { challengeOf } from '../../reading.ts';

/** RFC 6750 §3: `error` for a token that was refused, and none where there was no token. */
export const challengeError: Check = {
  code: 'SKM324',
  run: (facts) =>
    withServer(facts, ({ noToken, garbageToken, endpoint }) => {
      const subject = { url: endpoint };
      const findings: Finding[] = [];
      const [without, refused] = [challengeOf(noToken), challengeOf(garbageToken)];
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
};
