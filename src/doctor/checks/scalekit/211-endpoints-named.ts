import { isUrl } from '../../../scalekit/index.ts';
import { defineCheck, withAuthorizationMetadata } from '../../check.ts';
import { found } from '../../model.ts';

const needed = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const;

/** RFC 8414 §2. */
export default defineCheck({
  code: 'SKM211',
  level: 'error',
  side: 'dashboard',
  holds: 'Scalekit’s metadata names all its addresses',
  title: 'Scalekit’s metadata does not name all its addresses',
  why: 'Clients do not know where to send their user, or where to get a token.',
  fix: 'Make sure that the server points to Scalekit and to the right environment; then report it to Scalekit’s support.',
  run: (facts) =>
    withAuthorizationMetadata(facts, (metadata, { metadata: answer }) => {
      const absent = needed.filter((name) => {
        const value = metadata[name];
        return typeof value !== 'string' || !isUrl(value);
      });
      if (absent.length === 0) return found();
      return found({
        subject: { url: answer.url },
        actual: `no ${absent.join(', no ')}`,
        expected: 'the full URL of each',
      });
    }),
});
