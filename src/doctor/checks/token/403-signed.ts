import { signingAlgorithm } from '../../../scalekit/index.ts';
import { defineCheck, withToken } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

const wrong: Readonly<Record<string, string>> = {
  invalid: 'the signature does not match',
  unsigned: 'it is not signed (alg none)',
};

/** RFC 7515; docs/scalekit.md#endpoints (RS256). */
export default defineCheck({
  code: 'SKM403',
  level: 'error',
  side: 'client',
  holds: 'The token’s signature is right',
  title: 'The token is not signed by Scalekit',
  why: 'It was changed, cut off, or made by somebody else. The server answers 401.',
  fix: 'Copy the token whole, or get a new one: sign in again in the client.',
  refusesToken: true,
  run: (facts) =>
    withToken(facts, ({ signature, algorithm }) => {
      if (signature === 'valid') return passed(algorithm);
      if (signature === 'unchecked') return skipped('The keys are not known');
      if (signature === 'unknown-key') return skipped('Its key is not known');
      return found({
        subject: {},
        actual: wrong[signature] ?? `it is signed with ${algorithm}`,
        expected: `${signingAlgorithm}, with a key of the authorization server`,
      });
    }),
});
