import { defineCheck, withResourceMetadata } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { compareResource } from '../../resource-relation.ts';

/** docs/scalekit.md#documented-failures, 8: `http://` or `localhost` leaking behind a TLS proxy. */
export default defineCheck({
  code: 'SKM314',
  level: 'error',
  side: 'proxy',
  holds: 'The server’s metadata names its public address',
  title: 'The server’s metadata names an address from behind the proxy',
  why: 'The world connects over https, but the server calls itself http or localhost, so clients stop: the two are different servers to them.',
  fix: 'Set MCP_URL to the public https URL and start the server again. It must not be taken from the request.',
  run: (facts) =>
    withResourceMetadata(facts, ({ resource }, { endpoint, metadata }) =>
      compareResource(resource, endpoint) === 'inner'
        ? found({ subject: { url: metadata.url }, actual: String(resource), expected: endpoint })
        : passed(),
    ),
});
