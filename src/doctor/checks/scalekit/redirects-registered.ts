import { type Check, withFact } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { registrationProblem } from '../../reading.ts';

/** Facts: Scalekit, documented failure 14. */
export const redirectsRegistered: Check = {
  code: 'SKM217',
  run: ({ registrations }) =>
    withFact(registrations, (list) => {
      if (list.length === 0) return skipped('No client on this machine has registered for this server');
      const stale = list.filter(({ authorization }) => registrationProblem(authorization) === 'redirect');
      if (stale.length === 0) return passed();
      return found(
        ...stale.map(({ file, clientId, redirectUri }) => ({
          subject: { file },
          actual: `${redirectUri}, for ${clientId}`,
          expected: 'the address that this client has registered',
        })),
      );
    }),
};
