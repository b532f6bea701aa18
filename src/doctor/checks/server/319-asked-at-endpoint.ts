import { defineCheck, withServer } from '../../check.ts';
import { redirectTarget } from '../../interference.ts';
import { found, passed } from '../../model.ts';
import { resourceMetadata, summary } from '../../reading.ts';

/** Facts: Scalekit, documented failure 6. */
export default defineCheck({
  code: 'SKM319',
  level: 'warning',
  side: 'client',
  holds: 'The URL is the MCP endpoint',
  title: 'The URL is not the MCP endpoint',
  why: 'Only the endpoint speaks MCP, usually with /mcp at its end. A client that is given another URL gets “not found”.',
  fix: 'Give clients the URL above.',
  run: (facts) =>
    withServer(facts, (server) => {
      const { given, atGiven, endpoint, givenBy } = server;
      if (given === undefined || atGiven === undefined || redirectTarget(atGiven) !== undefined)
        return passed();
      const finding = {
        subject: { url: given },
        actual: `${given} answers ${summary(atGiven)}`,
        expected: endpoint,
      };
      if (givenBy !== 'settings') return found(finding);
      // A server that tells clients where it is is right about it, whatever its variable is called.
      if (resourceMetadata(server)?.resource === endpoint) return passed(endpoint);
      return found({
        ...finding,
        level: 'advice',
        side: 'code',
        title: 'The server’s MCP endpoint is not at MCP_URL with “mcp” behind it',
        why: 'It was found at another place, where it works. Guides, clients and OpenAI’s directory expect /mcp.',
        fix: 'Give clients the URL above, or serve MCP at /mcp.',
      });
    }),
});
