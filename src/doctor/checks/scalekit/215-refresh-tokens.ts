import { defineCheck, withAuthorizationMetadata } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { strings } from '../../reading.ts';

/** docs/scalekit.md#documented-failures, 16. */
export default defineCheck({
  code: 'SKM215',
  level: 'advice',
  side: 'dashboard',
  holds: 'Clients can renew their tokens',
  title: 'Clients cannot renew their tokens',
  why: 'Without refresh tokens people have to sign in again each time that a token expires, usually every hour.',
  fix: 'Allow refresh tokens for this MCP server in Scalekit’s dashboard.',
  run: (facts) =>
    withAuthorizationMetadata(facts, (metadata, { metadata: answer }) => {
      const grants = strings(metadata.grant_types_supported);
      if (grants.length === 0) return skipped('The metadata does not say which grants there are');
      if (grants.includes('refresh_token')) return passed();
      return found({
        subject: { url: answer.url },
        actual: `grant_types_supported: ${grants.join(', ')}`,
        expected: 'refresh_token among them',
      });
    }),
});
