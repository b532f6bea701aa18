import { defineCheck, withFact } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { authorizationMetadata, isPage, silenceOf, summary } from '../../reading.ts';

/** docs/scalekit.md#documented-failures, 4 (the dashboard's URL) and 17 (a bot check in between). */
export default defineCheck({
  code: 'SKM219',
  level: 'error',
  side: 'env',
  holds: 'Scalekit answers with metadata, not with a web page',
  title: 'A web page is answered where Scalekit’s metadata should be',
  why: 'Either the environment URL is a web site’s, such as the dashboard’s, or something in between shows a page of its own (a bot check, a company proxy).',
  fix: 'Copy the environment URL from Scalekit’s dashboard > Settings. If it is right, allow programs through whatever shows the page.',
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
});
