import { defineCheck, withFact } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { silenceOf } from '../../reading.ts';

export default defineCheck({
  code: 'SKM203',
  level: 'error',
  side: 'machine',
  holds: 'Scalekit’s certificate is accepted',
  title: 'Scalekit’s certificate is not accepted on this machine',
  why: 'Nothing is sent over a connection that cannot be trusted. Often a company proxy puts its own certificate in between.',
  fix: 'Check the host in the environment URL. Behind a company proxy, give Node its certificate: NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
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
});
