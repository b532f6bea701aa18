import { defineCheck, withResourceMetadata } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { compareResource } from '../../resource-relation.ts';

/** docs/scalekit.md#documented-failures, 8: `localhost` against `127.0.0.1`. */
export default defineCheck({
  code: 'SKM315',
  level: 'error',
  side: 'client',
  holds: 'Client and server use the same name for this machine',
  title: 'Client and server use different names for this machine',
  why: 'To a client localhost and 127.0.0.1 are two different servers, though both lead to this machine.',
  fix: 'Give clients the name that the server uses, or change MCP_URL and the Server URL in Scalekit’s dashboard.',
  run: (facts) =>
    withResourceMetadata(facts, ({ resource }, { endpoint, metadata }) =>
      compareResource(resource, endpoint) === 'other-loopback-name'
        ? found({ subject: { url: metadata.url }, actual: String(resource), expected: endpoint })
        : passed(),
    ),
});
