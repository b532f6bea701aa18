import { isLoopback, portOf } from '../../../scalekit/index.ts';
import { defineCheck, withServer } from '../../check.ts';
import { clients } from '../../clients.ts';
import { found, passed, skipped } from '../../model.ts';

/** docs/mcp.md#clients. */
export default defineCheck({
  code: 'SKM601',
  level: 'error',
  side: 'proxy',
  holds: 'The client can reach the server',
  title: 'The client cannot reach the server',
  why: 'This client connects from its maker’s cloud. Only a public https address on port 443 is in its reach.',
  fix: 'Deploy the server, or open a tunnel to this machine with a public https address, and set MCP_URL to that address.',
  run: (facts) =>
    withServer(facts, ({ endpoint }) => {
      if (facts.client === undefined) return skipped('No client was asked about (--client)');
      const { name, needsPublicUrl } = clients[facts.client];
      const url = new URL(endpoint);
      if (!needsPublicUrl) return passed(`${name} connects from this machine`);
      const isPublic = !isLoopback(url) && url.protocol === 'https:' && portOf(url) === 443;
      if (isPublic) return passed(endpoint);
      return found({
        subject: { url: endpoint },
        actual: `${endpoint}, for ${name}`,
        expected: 'https on port 443, from anywhere',
      });
    }),
});
