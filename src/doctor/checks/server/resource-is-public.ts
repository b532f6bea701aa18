import { type Check, withResourceMetadata } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { compareResource } from '../../reading.ts';

/** Facts: Scalekit, documented failure 8: `http://` or `localhost` leaking behind a TLS proxy. */
export const resourceIsPublic: Check = {
  code: 'SKM314',
  run: (facts) =>
    withResourceMetadata(facts, ({ resource }, { endpoint, metadata }) =>
      compareResource(resource, endpoint) === 'inner'
        ? found({ subject: { url: metadata.url }, actual: String(resource), expected: endpoint })
        : passed(),
    ),
};
