import { defineCheck, withToken } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

/** docs/scalekit.md#documented-failures, 12: unknown key. */
export default defineCheck({
  code: 'SKM402',
  level: 'error',
  side: 'client',
  holds: 'The token’s key is one of Scalekit’s',
  title: 'The token is signed with a key that Scalekit does not have',
  why: 'The token is from another environment, or from before a change of keys. The server answers 401.',
  fix: 'Get a new token from this environment: sign in again in the client.',
  refusesToken: true,
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
});
