import { type Check, withResourceMetadata } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { compareResource } from '../../reading.ts';

/** Facts: Scalekit, documented failure 8: `localhost` against `127.0.0.1`. */
export const loopbackName: Check = {
  code: 'SKM315',
  run: (facts) =>
    withResourceMetadata(facts, ({ resource }, { endpoint, metadata }) =>
      compareResource(resource, endpoint) === 'other-loopback-name'
        ? found({ subject: { url: metadata.url }, actual: String(resource), expected: endpoint })
        : passed(),
    ),
};
