import { defineCheck, withToken } from '../../check.ts';
import { found, passed } from '../../model.ts';

export default defineCheck({
  code: 'SKM409',
  level: 'error',
  side: 'client',
  holds: 'The token says whom it is about',
  title: 'The token does not say whom it is about',
  why: 'Without a “sub” claim the server cannot tell whose data to show. It answers 401.',
  fix: 'Get a new token: sign in again in the client.',
  refusesToken: true,
  run: (facts) =>
    withToken(facts, ({ subject: sub }) =>
      sub === 'present'
        ? passed('sub is there (not shown)')
        : found({
            subject: {},
            actual: sub === 'absent' ? 'sub is missing or empty' : 'sub is not text',
            expected: 'a user (usr_…) or a client (m2m_…)',
          }),
    ),
});
