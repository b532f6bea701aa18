import { isLoopback, portOf } from '../../../scalekit/index.ts';
import { defineCheck, withClients } from '../../check.ts';
import { found, skipped } from '../../model.ts';
import { clientsAgreeOn, listeningPort } from '../../settings.ts';

/** docs/scalekit.md#documented-failures, 2, 5 and 8: the same machine under another port or name. */
export default defineCheck({
  code: 'SKM143',
  level: 'warning',
  side: 'client',
  holds: 'Clients are configured with this server’s address',
  title: 'A client is configured with another port or name of this machine',
  why: 'To a client, localhost and 127.0.0.1 are two different servers, and so are two ports.',
  fix: 'Use exactly the URL above in the client.',
  run: (facts) =>
    withClients(facts, (clients, endpoint, project) => {
      const own = new URL(endpoint);
      const listening = listeningPort(project);
      if (listening !== undefined && listening !== portOf(own) && clientsAgreeOn(project, listening))
        return skipped('They agree with PORT: it is MCP_URL that differs');
      const strays = clients.filter(({ url, isOnlyEntry, name }) => {
        const asked = new URL(url);
        const isMeantForThis = isOnlyEntry || name === project.name;
        return isMeantForThis && isLoopback(asked) && isLoopback(own) && asked.origin !== own.origin;
      });
      return found(
        ...strays.map(({ file, line, url, name }) => ({
          subject: { file, line, url },
          actual: `${name}: ${url}`,
          expected: endpoint,
          edits: [
            { kind: 'replace', file, before: JSON.stringify(url), after: JSON.stringify(endpoint) } as const,
          ],
        })),
      );
    }),
});
