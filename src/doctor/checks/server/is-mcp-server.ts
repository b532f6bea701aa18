import { type Check, withFact } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { isFirewall, isMcpServer, isRedirect, summary } from '../../reading.ts';

/** Facts: Scalekit, documented failure 5: the port belongs to another program. */
export const isServer: Check = {
  code: 'SKM303',
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
};
