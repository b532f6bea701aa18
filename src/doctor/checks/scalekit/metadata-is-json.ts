import { type Check, withFact } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { authorizationMetadata, isPage, silenceOf, summary } from '../../reading.ts';

/** Facts: Scalekit, documented failures 4 (the dashboard's URL) and 17 (a bot check in between). */
export const metadataIsJson: Check = {
  code: 'SKM219',
  run: ({ scalekit }) =>
    withFact(scalekit, (facts) => {
      const { metadata } = facts;
      if (silenceOf(facts) !== undefined) return skipped('It does not answer');
      if (authorizationMetadata(facts) || !isPage(metadata)) return passed();
      return found({
        subject: { variable: 'SCALEKIT_ENVIRONMENT_URL', url: metadata.url },
        actual: summary(metadata),
        expected: '200 with a JSON document',
      });
    }),
};
