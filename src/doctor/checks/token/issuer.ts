import { acceptedIssuers } from '../../../scalekit/index.ts';
import { type Check, withIdentity } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** Facts: Scalekit, access tokens: exactly two issuers while the migration runs. */
export const issuer: Check = {
  code: 'SKM404',
  run: (facts) =>
    withIdentity(facts, ({ claims }, { environmentUrl, resourceId }) => {
      const issuers: readonly unknown[] = acceptedIssuers(environmentUrl, resourceId);
      if (issuers.includes(claims.iss)) return passed(`iss ${claims.iss}`);
      return found({
        subject: {},
        actual: `iss ${JSON.stringify(claims.iss) ?? 'is missing'}`,
        expected: issuers.join(' or '),
      });
    }),
};
