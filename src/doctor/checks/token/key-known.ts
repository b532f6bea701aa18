import { type Check, withToken } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

/** Facts: Scalekit, documented failure 12: unknown key. */
export const keyKnown: Check = {
  code: 'SKM402',
  run: (facts) =>
    withToken(facts, ({ signature, keyId }) => {
      if (signature === 'unchecked') return skipped('The keys are not known');
      if (signature !== 'unknown-key') return passed(keyId === undefined ? undefined : `kid ${keyId}`);
      return found({
        subject: { ...(facts.scalekit.known ? { url: facts.scalekit.value.keys.url } : {}) },
        actual: `kid ${keyId ?? '(none)'}`,
        expected: 'the id of one of the authorization server’s keys',
      });
    }),
};
