import { protectedResourceMetadataUrls } from '../../../scalekit/index.ts';
import { defineCheck, withChallenge } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** RFC 9728 §5.1. */
export default defineCheck({
  code: 'SKM306',
  level: 'error',
  side: 'code',
  holds: 'The refusal says where the server’s metadata is',
  title: 'The refusal does not say where the server’s metadata is',
  why: 'Clients start signing in by reading the document that resource_metadata points to. Without it many of them give up.',
  fix: 'Add resource_metadata="<the full URL of your metadata>" to the WWW-Authenticate header of every 401.',
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
});
