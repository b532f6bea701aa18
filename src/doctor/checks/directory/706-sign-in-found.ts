import { defineCheck, withServer } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { authorizationMetadata, objectOf, refusalOf, strings } from '../../reading.ts';

/** OpenAI, "Authentication"; Anthropic, "Remote MCP server submission": RFC 9728 metadata, HTTP 401, PKCE with S256. */
export default defineCheck({
  code: 'SKM706',
  level: 'error',
  side: 'code',
  holds: 'The directory finds out how people sign in',
  title: 'The directory does not find out how people sign in',
  why: 'It asks for the refusal (401), the metadata document at /.well-known/oauth-protected-resource, and an authorization server that offers PKCE with S256.',
  fix: 'Fix the findings about the server and about Scalekit first; this one goes away with them.',
  run: (facts) =>
    withServer(facts, (server) => {
      if (facts.directory === undefined) return skipped('No directory was asked about (--directory)');
      const refusal = refusalOf(server);
      const metadata = facts.scalekit.known ? authorizationMetadata(facts.scalekit.value) : undefined;
      const missing = [
        ...(refusal.answered && refusal.status === 401 ? [] : ['a refusal with 401']),
        ...(objectOf(server.metadata) ? [] : ['metadata at the path']),
        ...(strings(metadata?.code_challenge_methods_supported).includes('S256')
          ? []
          : ['S256 at the authorization server']),
      ];
      if (missing.length === 0) return passed('401, metadata, S256');
      return found({
        subject: { url: server.endpoint },
        actual: `missing: ${missing.join(', ')}`,
        expected: '401, metadata, S256',
      });
    }),
});
