import { defineCheck, withClients } from '../../check.ts';
import { found } from '../../model.ts';

/** docs/scalekit.md#documented-failures, 6. */
export default defineCheck({
  code: 'SKM142',
  level: 'error',
  side: 'client',
  holds: 'Clients are configured with the MCP endpoint',
  title: 'A client is configured with a path that is not the MCP endpoint',
  why: 'Only the endpoint speaks MCP. Anywhere else the client gets “not found”, or signs in for a URL that the server does not know.',
  fix: 'Use the URL with /mcp at its end, exactly as above.',
  run: (facts) =>
    withClients(facts, (clients, endpoint) =>
      found(
        ...clients
          .filter(({ url }) => new URL(url).origin === new URL(endpoint).origin && url !== endpoint)
          .map(({ file, line, url, name }) => ({
            subject: { file, line, url },
            actual: `${name}: ${url}`,
            expected: endpoint,
            edits: [
              {
                kind: 'replace',
                file,
                before: JSON.stringify(url),
                after: JSON.stringify(endpoint),
              } as const,
            ],
          })),
      ),
    ),
});
