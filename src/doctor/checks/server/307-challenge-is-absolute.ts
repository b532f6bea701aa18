import { isUrl, protectedResourceMetadataUrls } from '../../../scalekit/index.ts';
import { defineCheck, withChallenge } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

/** RFC 9728 §5.1: the value is a URL; clients do not resolve it against anything. */
export default defineCheck({
  code: 'SKM307',
  level: 'error',
  side: 'code',
  holds: 'The metadata’s address is a full URL',
  title: 'The metadata’s address in the refusal is not a full URL',
  why: 'Clients do not know what to resolve a relative address against, and give up.',
  fix: 'Write the whole URL, with https:// and the host, built from MCP_URL.',
  run: (facts) =>
    withChallenge(facts, ({ resource_metadata: named }, { endpoint }) => {
      if (named === undefined) return skipped('The challenge names no metadata');
      if (/^https?:\/\//i.test(named) && isUrl(named)) return passed(named);
      return found({
        subject: { url: endpoint },
        actual: named,
        expected: protectedResourceMetadataUrls(endpoint).metadata,
      });
    }),
});
