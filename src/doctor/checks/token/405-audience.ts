import { audienceMatches } from '../../../scalekit/index.ts';
import { defineCheck, withIdentity } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** docs/scalekit.md#access-tokens: "Validate that `aud` contains the resource id". */
export default defineCheck({
  code: 'SKM405',
  level: 'error',
  side: 'client',
  holds: 'The token is for this server',
  title: 'The token is for another server',
  why: 'The “aud” claim names the servers that a token is for. This one’s resource id is not among them, so the server answers 401.',
  fix: 'Sign in again for this server. If the token is for the right one, correct SCALEKIT_RESOURCE_ID.',
  refusesToken: true,
  run: (facts) =>
    withIdentity(facts, ({ claims }, { resourceId }) =>
      audienceMatches(claims.aud, resourceId)
        ? passed(`aud has ${resourceId}`)
        : found({
            subject: {},
            actual: `aud ${JSON.stringify(claims.aud) ?? 'is missing'}`,
            expected: `${resourceId} among the audiences`,
          }),
    ),
});
