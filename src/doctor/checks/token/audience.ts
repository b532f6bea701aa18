import { audienceMatches } from '../../../scalekit/index.ts';
import { type Check, withIdentity } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** Facts: Scalekit, access tokens: "Validate that `aud` contains the resource id". */
export const audience: Check = {
  code: 'SKM405',
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
};
