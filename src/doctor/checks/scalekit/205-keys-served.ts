import { defineCheck, withFact } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { authorizationMetadata, keyList, silenceOf, summary } from '../../reading.ts';

/** RFC 7517; docs/mcp.md#tokens (an empty key set, a key server that answers 500). */
export default defineCheck({
  code: 'SKM205',
  level: 'error',
  side: 'env',
  holds: 'Scalekit serves its signing keys',
  title: 'Scalekit does not serve its signing keys',
  why: 'Without the keys no token can be checked, so the server refuses everybody.',
  fix: 'Open the URL above in a browser. If it is wrong, correct SCALEKIT_ENVIRONMENT_URL; if Scalekit is down, see its status page.',
  run: ({ scalekit }) =>
    withFact(scalekit, (facts) => {
      const { keys } = facts;
      if (silenceOf(facts) !== undefined) return skipped('It does not answer');
      if (
        facts.environmentUrl === undefined &&
        authorizationMetadata(facts) === undefined &&
        keyList(facts) === undefined
      )
        return skipped('Where its keys are is not known: it gave no metadata');
      const usable =
        keyList(facts)?.filter(({ kty, use }) => kty === 'RSA' && (use ?? 'sig') === 'sig') ?? [];
      if (usable.length > 0) return passed(`${usable.length} signing key${usable.length === 1 ? '' : 's'}`);
      return found({
        subject: { url: keys.url },
        actual: keyList(facts) === undefined ? summary(keys) : 'a key set without an RSA key for signing',
        expected: 'a JSON key set with an RSA key',
      });
    }),
});
