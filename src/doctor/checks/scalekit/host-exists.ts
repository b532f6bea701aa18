import { type Check, withFact } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { silenceOf } from '../../reading.ts';

/** Facts: Scalekit, documented failure 4. */
export const hostExists: Check = {
  code: 'SKM202',
  run: ({ scalekit }) =>
    withFact(scalekit, (facts) => {
      const silence = silenceOf(facts);
      if (silence === undefined) return passed();
      if (silence.cause !== 'no such host') return skipped('It does not answer');
      const { hostname } = new URL(facts.issuer);
      return found({
        subject: { variable: 'SCALEKIT_ENVIRONMENT_URL', url: facts.environmentUrl ?? facts.issuer },
        actual: `there is no host ${hostname}, while other names are found`,
        expected: 'the environment URL from Dashboard > Settings, letter by letter',
      });
    }),
};
