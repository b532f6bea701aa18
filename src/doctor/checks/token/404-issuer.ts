import { acceptedIssuers } from '../../../scalekit/index.ts';
import { defineCheck, withIdentity } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** docs/scalekit.md#access-tokens: exactly two issuers while the migration runs. */
export default defineCheck({
  code: 'SKM404',
  level: 'error',
  side: 'client',
  holds: 'The token was issued by this environment',
  title: 'The token was issued by another authorization server',
  why: 'The “iss” claim names who issued the token. Scalekit uses two forms of it while it moves from one to the other; this is neither. The server answers 401.',
  fix: 'Get a token from the environment in SCALEKIT_ENVIRONMENT_URL, or correct that variable.',
  refusesToken: true,
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
});
