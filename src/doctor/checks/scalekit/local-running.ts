import { type Check, withFact } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { silenceOf } from '../../reading.ts';

/** The server without its local Scalekit refuses every call; both at rest is how a project lies around. */
export const localRunning: Check = {
  code: 'SKM218',
  run: ({ scalekit, server }) =>
    withFact(scalekit, (facts) => {
      if (silenceOf(facts)?.cause !== 'not running') return passed();
      const isServerUp = server.known && server.value.noToken.answered;
      return found({
        subject: { variable: 'SCALEKIT_ENVIRONMENT_URL', url: facts.environmentUrl ?? facts.issuer },
        actual: 'nothing listens there',
        level: isServerUp ? 'error' : 'warning',
      });
    }),
};
