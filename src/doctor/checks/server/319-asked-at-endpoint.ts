import { isUrl } from '../../../scalekit/index.ts';
import { defineCheck, withServer } from '../../check.ts';
import type { Facts } from '../../facts/index.ts';
import { mountedAt } from '../../frameworks.ts';
import { redirectTarget } from '../../interference.ts';
import { type Finding, found, passed, skipped } from '../../model.ts';
import { resourceMetadata, summary } from '../../reading.ts';
import { compareResource } from '../../resource-relation.ts';

/** docs/scalekit.md#documented-failures, 6. */
function pathOf(url: string): string {
  return isUrl(url) ? new URL(url).pathname : url;
}

/** @param resource where the metadata says that MCP is. */
function atAnotherPath({ project }: Facts, endpoint: string, resource: string): Finding {
  return {
    level: 'error',
    side: 'code',
    title: 'MCP is not at the path that the server tells clients',
    subject: { url: endpoint },
    actual: `MCP at ${endpoint}, and ${resource} in the metadata`,
    expected: resource,
    why: 'Its metadata names an address where MCP does not answer. Clients go there and get “not found”.',
    fix: mountedAt(project.known ? project.value : undefined, pathOf(resource)),
  };
}

export default defineCheck({
  code: 'SKM319',
  level: 'warning',
  side: 'client',
  holds: 'The URL is the MCP endpoint',
  title: 'The URL is not the MCP endpoint',
  why: 'Only the endpoint speaks MCP, usually with /mcp at its end. A client that is given another URL gets “not found”.',
  fix: 'Give clients the URL above.',
  explains: ['SKM308', 'SKM309', 'SKM310', 'SKM313', 'SKM318'],
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
      // If the server tells clients where it is, it is right, whatever its variable is called.
      const resource = resourceMetadata(server)?.resource;
      if (resource === endpoint) return passed(endpoint);
      if (typeof resource === 'string' && compareResource(resource, endpoint) === 'other')
        return new URL(resource).origin === new URL(endpoint).origin
          ? found({ ...finding, ...atAnotherPath(facts, endpoint, resource) })
          : skipped('Its metadata is about another address');
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
