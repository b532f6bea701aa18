import { type Check, withToken } from '../../check.ts';
import { found, passed } from '../../model.ts';

export const subject: Check = {
  code: 'SKM409',
  run: (facts) =>
    withToken(facts, ({ subject: sub }) =>
      sub === 'present'
        ? passed('sub is there (not shown)')
        : found({
            subject: {},
            actual: sub === 'absent' ? 'sub is missing or empty' : 'sub is no text',
            expected: 'a user (usr_…) or a client (m2m_…)',
          }),
    ),
};
