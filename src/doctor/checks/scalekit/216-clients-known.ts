import { defineCheck, withFact } from '../../check.ts';
import { registrationProblem } from '../../client-registration.ts';
import { found, passed, skipped } from '../../model.ts';
import { summary } from '../../reading.ts';

/** docs/scalekit.md#documented-failures, 13: an id that Scalekit never issued, or has forgotten. */
export default defineCheck({
  code: 'SKM216',
  level: 'error',
  side: 'client',
  holds: 'Scalekit knows the clients of this machine',
  title: 'A client on this machine uses a client id that Scalekit does not know',
  why: 'It remembers a registration from before, or was given an id that belongs to no client. Scalekit answers “unable to retrieve client by id” or “invalid_client_metadata_url”.',
  fix: 'Delete the file above, or the client id in it, and connect again: the client then registers again.',
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
});
