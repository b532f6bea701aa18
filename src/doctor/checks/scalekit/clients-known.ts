import { type Check, withFact } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { registrationProblem, summary } from '../../reading.ts';

/** Facts: Scalekit, documented failure 13: an id that Scalekit never issued, or has forgotten. */
export const clientsKnown: Check = {
  code: 'SKM216',
  run: ({ registrations }) =>
    withFact(registrations, (list) => {
      if (list.length === 0) return skipped('No client on this machine has registered for this server');
      const unknown = list.filter(({ authorization }) => registrationProblem(authorization) === 'client');
      if (unknown.length === 0) return passed();
      return found(
        ...unknown.map(({ file, clientId, authorization }) => ({
          subject: { file },
          actual: `${clientId}: ${summary(authorization)}`,
          expected: 'an id that Scalekit has issued for this server',
        })),
      );
    }),
};
