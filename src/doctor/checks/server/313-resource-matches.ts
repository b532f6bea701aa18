import { defineCheck, withResourceMetadata } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { compareResource } from '../../resource-relation.ts';

/** RFC 9728 §3.3: `resource` must be identical to the URL that the client used (documented failure 8). */
export default defineCheck({
  code: 'SKM313',
  level: 'error',
  side: 'env',
  holds: 'The server’s metadata is about the URL that clients use',
  title: 'The server’s metadata is about a URL other than the one that clients use',
  why: 'Clients compare "resource" with the URL they were given, character by character, and stop if they differ: it could be another server’s metadata.',
  fix: 'Set MCP_URL to the public base URL of this server, start it again, and give clients exactly the URL in "resource".',
  run: (facts) =>
    withResourceMetadata(facts, ({ resource }, { endpoint, metadata }) => {
      const relation = compareResource(resource, endpoint);
      if (relation === 'equal') return passed(endpoint);
      if (relation === 'inner' || relation === 'other-loopback-name')
        return skipped('It has a cause of its own');
      return found({
        subject: { url: metadata.url },
        actual:
          typeof resource === 'string' ? resource : `resource is ${JSON.stringify(resource) ?? 'missing'}`,
        expected: endpoint,
        // Most clients accept a base URL; strict ones do not.
        ...(relation === 'base' ? { level: 'warning' as const } : {}),
      });
    }),
});
