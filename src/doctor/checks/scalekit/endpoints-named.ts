import { type Check, withAuthorizationMetadata } from '../../check.ts';
import { found } from '../../model.ts';

const needed = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const;

/** RFC 8414 §2. */
export const endpointsNamed: Check = {
  code: 'SKM211',
  run: (facts) =>
    withAuthorizationMetadata(facts, (metadata, { metadata: answer }) => {
      const absent = needed.filter((name) => {
        const value = metadata[name];
        return typeof value !== 'string' || !URL.canParse(value);
      });
      if (absent.length === 0) return found();
      return found({
        subject: { url: answer.url },
        actual: `no ${absent.join(', no ')}`,
        expected: 'the full URL of each',
      });
    }),
};
