import { defineCheck, withFact } from '../../check.ts';
import { registrationProblem } from '../../client-registration.ts';
import { found, passed, skipped } from '../../model.ts';

/** docs/scalekit.md#documented-failures, 14. */
export default defineCheck({
  code: 'SKM217',
  level: 'error',
  side: 'client',
  holds: 'The clients of this machine use redirect addresses that they have registered',
  title: 'A client on this machine uses a redirect address that it has not registered',
  why: 'It remembers an older registration, for instance from before a change of domain or port. Scalekit refuses with a redirect_uri error.',
  fix: 'Delete the file above and connect again: the client then registers its current address.',
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
});
