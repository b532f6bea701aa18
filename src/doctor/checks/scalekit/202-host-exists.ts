import { defineCheck, withFact } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { silenceOf } from '../../reading.ts';

/** docs/scalekit.md#documented-failures, 4. */
export default defineCheck({
  code: 'SKM202',
  level: 'error',
  side: 'env',
  holds: 'The environment URL’s host exists',
  title: 'The environment URL’s host does not exist',
  why: 'There is no such name on the internet, so the server gets no keys and refuses every token.',
  fix: 'Copy the environment URL once more from Scalekit’s dashboard > Settings.',
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
});
