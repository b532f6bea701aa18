import { type Check, withResourceMetadata } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { compareResource } from '../../reading.ts';

/** RFC 9728 §3.3: `resource` must be identical to the URL that the client used (documented failure 8). */
export const resourceMatches: Check = {
  code: 'SKM313',
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
        // Most clients content themselves with a base URL; strict ones do not.
        ...(relation === 'base' ? { level: 'warning' as const } : {}),
      });
    }),
};
