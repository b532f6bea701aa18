import { type Check, withFact } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { silenceOf } from '../../reading.ts';

export const certificate: Check = {
  code: 'SKM203',
  run: ({ scalekit }) =>
    withFact(scalekit, (facts) => {
      const silence = silenceOf(facts);
      if (silence === undefined) return passed();
      if (silence.cause !== 'no trusted certificate') return skipped('It does not answer');
      return found({
        subject: { variable: 'SCALEKIT_ENVIRONMENT_URL', url: facts.environmentUrl ?? facts.issuer },
        actual: silence.message,
        expected: 'a certificate that this machine trusts',
      });
    }),
};
