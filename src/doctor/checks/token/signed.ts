import { signingAlgorithm } from '../../../scalekit/index.ts';
import { type Check, withToken } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

const wrong: Readonly<Record<string, string>> = {
  invalid: 'the signature does not match',
  unsigned: 'it is not signed (alg none)',
};

/** RFC 7515; docs/scalekit.md#endpoints (RS256). */
export const signed: Check = {
  code: 'SKM403',
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
};
