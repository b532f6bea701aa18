import { defineCheck, serverScopes, withServer } from '../../check.ts';
import { clients, pinsScopes } from '../../clients.ts';
import { found, passed, skipped } from '../../model.ts';
import { challengeOf, refusalOf, resourceMetadata, strings } from '../../reading.ts';

/** MCP, authorization, "Scope selection": the challenge’s `scope`, else `scopes_supported`. */
export default defineCheck({
  code: 'SKM605',
  level: 'warning',
  side: 'code',
  holds: 'The client learns which scopes to ask for',
  title: 'The client does not learn which scopes to ask for, and does not ask again later',
  why: 'The first refusal names no scopes, so the client signs in without any. When a tool then needs one (403, “step-up”), this client does not ask the user once more.',
  fix: 'Name the scopes that every user needs in the 401 (scope="…") or in scopes_supported of the metadata.',
  run: (facts) =>
    withServer(facts, (server) => {
      if (facts.client === undefined) return skipped('No client was asked about (--client)');
      const row = clients[facts.client];
      if (serverScopes(facts).length === 0) return skipped('The server does not say which scopes it has');
      const challenged = challengeOf(refusalOf(server))?.scope;
      if (challenged) return passed(`scope="${challenged}" in the 401`);
      if (strings(resourceMetadata(server)?.scopes_supported).length > 0)
        return passed('scopes_supported of the metadata');
      if (row.stepsUp) return passed(`${row.name} asks again when a tool needs more`);
      const command = pinsScopes(facts.client);
      return found({
        subject: { url: server.endpoint },
        actual: 'no scope in the 401, and none in the metadata',
        expected: 'the scopes for basic use in either',
        ...(command === undefined
          ? {}
          : { fix: `Name the scopes in the 401 or in the metadata. Or tell the client: ${command}` }),
      });
    }),
});
