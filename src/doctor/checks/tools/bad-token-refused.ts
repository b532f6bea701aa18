import { type Check, withTools } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { succeeded, summary } from '../../reading.ts';
import { refusalsOf } from '../token/index.ts';

/** Facts: security: the audience, the issuer and the times are the verifier's to check. */
export const badTokenRefused: Check = {
  code: 'SKM504',
  run: (facts) =>
    withTools(facts, ({ initialize }, { endpoint, noToken }) => {
      const refusals = refusalsOf(facts) ?? [];
      if (succeeded(noToken)) return skipped('The server does not even ask for a token');
      if (refusals.length === 0) return skipped('The token is not known to be bad');
      if (!succeeded(initialize)) return passed(summary(initialize));
      return found({
        subject: { url: endpoint },
        actual: `${summary(initialize)} to a token with this fault: ${refusals.join('; ')}`,
        expected: '401',
      });
    }),
};
