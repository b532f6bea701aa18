import { type Check, withAuthorizationMetadata } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { strings } from '../../reading.ts';

/** Facts: Scalekit, documented failure 10; MCP clients must refuse to go on without it (RFC 7636). */
export const pkce: Check = {
  code: 'SKM207',
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
};
