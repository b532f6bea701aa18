import { protectedResourceMetadataUrls } from '../../../scalekit/index.ts';
import { type Check, withChallenge } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

/** RFC 9728 §5.1: the value is a URL; clients do not resolve it against anything. */
export const challengeIsAbsolute: Check = {
  code: 'SKM307',
  run: (facts) =>
    withChallenge(facts, ({ resource_metadata: named }, { endpoint }) => {
      if (named === undefined) return skipped('The challenge names no metadata');
      if (/^https?:\/\//i.test(named) && URL.canParse(named)) return passed(named);
      return found({
        subject: { url: endpoint },
        actual: named,
        expected: protectedResourceMetadataUrls(endpoint).metadata,
      });
    }),
};
