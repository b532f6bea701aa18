import { defineCheck, withServer } from '../../check.ts';
import { found } from '../../model.ts';
import { challengeOf, refusalOf, resourceMetadata, strings } from '../../reading.ts';

/** MCP, authorization: `offline_access` SHOULD NOT be in challenges or in `scopes_supported`. */
export default defineCheck({
  code: 'SKM339',
  level: 'advice',
  side: 'code',
  holds: 'The server asks only for its own scopes',
  title: 'The server asks for offline_access, which is not its own to ask for',
  why: 'Whether a client wants to stay signed in is between the client and Scalekit. Servers should not list it.',
  fix: 'Remove offline_access from the scopes of the metadata and of the challenge.',
  run: (facts) =>
    withServer(facts, (server) => {
      const supported = strings(resourceMetadata(server)?.scopes_supported);
      const challenged = challengeOf(refusalOf(server))?.scope?.split(' ') ?? [];
      const places = [
        ...(supported.includes('offline_access') ? ['scopes_supported'] : []),
        ...(challenged.includes('offline_access') ? ['the scope of the 401'] : []),
      ];
      if (places.length === 0) return found();
      return found({
        subject: { url: server.metadata.url },
        actual: `offline_access in ${places.join(' and ')}`,
        expected: 'only the server’s own scopes',
      });
    }),
});
