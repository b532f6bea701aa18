import { defineCheck, withFact } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { isFirewall, isMcpServer, isRedirect, summary } from '../../reading.ts';

/** Facts: Scalekit, documented failure 5: the port belongs to another program. */
export default defineCheck({
  code: 'SKM303',
  level: 'error',
  side: 'machine',
  holds: 'What answers at the address is an MCP server',
  title: 'What answers at the address is no MCP server',
  why: 'Another program has the port, or the address leads elsewhere.',
  fix: 'Stop the other program or give the server another PORT (and MCP_URL the same one); for a public address, check where it leads.',
  run: (facts) =>
    withFact(facts.server, (server) => {
      const { noToken, endpoint, portOwner } = server;
      const isFlood = !noToken.answered && noToken.failure === 'too-large';
      if (!noToken.answered && !isFlood) return skipped('The server does not answer');
      if (isMcpServer(server)) return passed();
      if (isRedirect(noToken)) return skipped('It answers with a redirect');
      if (isFirewall(noToken)) return skipped('A firewall answers in its place');
      if (noToken.answered && noToken.status >= 500) return skipped('It fails on every request');
      return found({
        subject: { url: endpoint },
        actual: `${summary(noToken)}${portOwner === undefined ? '' : `, from ${portOwner}`}`,
        expected: '401, or an answer to an MCP message',
      });
    }),
});
