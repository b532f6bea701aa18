import { protectedResourceMetadataUrls } from '../../../scalekit/index.ts';
import { type Check, withChallenge } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** RFC 9728 §5.1. */
export const challengeNamesMetadata: Check = {
  code: 'SKM306',
  run: (facts) =>
    withChallenge(facts, ({ resource_metadata: named }, { endpoint }) =>
      named === undefined
        ? found({
            subject: { url: endpoint },
            actual: 'no resource_metadata',
            expected: `resource_metadata="${protectedResourceMetadataUrls(endpoint).metadata}"`,
          })
        : passed(),
    ),
};
