import { defineCheck, withAuthorizationMetadata } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { strings } from '../../reading.ts';

/** docs/scalekit.md#documented-failures, 10; MCP clients must refuse to go on without it (RFC 7636). */
export default defineCheck({
  code: 'SKM207',
  level: 'error',
  side: 'dashboard',
  holds: 'Signing in is protected against stolen codes (PKCE)',
  title: 'The authorization server does not offer PKCE with S256',
  why: 'MCP clients must refuse to sign in without this protection.',
  fix: 'Scalekit offers it for every MCP server: make sure that the server points to Scalekit, and to the right environment.',
  run: (facts) =>
    withAuthorizationMetadata(facts, (metadata, { metadata: answer }) => {
      const methods = strings(metadata.code_challenge_methods_supported);
      if (methods.includes('S256')) return passed();
      return found({
        subject: { url: answer.url },
        actual: `code_challenge_methods_supported: ${methods.length > 0 ? methods.join(', ') : 'not said'}`,
        expected: 'S256 among code_challenge_methods_supported',
      });
    }),
});
