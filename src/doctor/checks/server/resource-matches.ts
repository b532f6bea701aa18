import { type Check, withResourceMetadata } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** RFC 9728 §3.3: `resource` must be identical to the URL that the client used. */
export const resourceMatches: Check = {
  code: 'SKM313',
  run: (facts) =>
    withResourceMetadata(facts, ({ resource }, { endpoint }) =>
      resource === endpoint
        ? passed(endpoint)
        : found({ subject: { url: endpoint }, actual: String(resource), expected: endpoint }),
    ),
};
