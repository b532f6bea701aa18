import { defineCheck, withAuthorizationMetadata } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { objectOf } from '../../reading.ts';

const compared = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'client_id_metadata_document_supported',
  'scopes_supported',
] as const;

/** docs/scalekit.md#documented-failures, 10: after a dashboard switch changed, a server that keeps a copy has to be restarted. */
export default defineCheck({
  code: 'SKM341',
  level: 'warning',
  side: 'code',
  holds: 'The server’s copy of Scalekit’s metadata is up to date',
  title: 'The server serves an old copy of Scalekit’s metadata',
  why: 'Something was changed in the dashboard after the server was started. Clients that ask the server get the old state.',
  fix: 'Start the server again.',
  run: (facts) =>
    withAuthorizationMetadata(facts, (metadata) => {
      const copy = facts.server.known ? objectOf(facts.server.value.authorizationServerCopy) : undefined;
      if (!facts.server.known || copy === undefined) return skipped('The server keeps no copy');
      const different = compared.filter((name) => {
        // mcp-use writes its own copy, without scopes. It is not outdated: clients ask Scalekit for the scopes.
        if (name === 'scopes_supported' && copy[name] === undefined) return false;
        return JSON.stringify(copy[name]) !== JSON.stringify(metadata[name]);
      });
      if (different.length === 0) return passed();
      const say = (document: Readonly<Record<string, unknown>>) =>
        different.map((name) => `${name}: ${JSON.stringify(document[name]) ?? 'none'}`).join('; ');
      return found({
        subject: { url: facts.server.value.authorizationServerCopy.url },
        actual: say(copy),
        expected: say(metadata),
      });
    }),
});
