import { maximumLifetimeSeconds } from '../../../scalekit/index.ts';
import { defineCheck, withToken } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { ago } from '../../times.ts';

/** docs/mcp.md#tokens: a lifetime of years; Scalekit's is an hour. */
export default defineCheck({
  code: 'SKM411',
  level: 'error',
  side: 'client',
  holds: 'The token lives for a reasonable time',
  title: 'The token lives longer than any token of Scalekit’s',
  why: 'Scalekit’s tokens live for an hour or so. One that claims more was not made by it, and the server answers 401.',
  fix: 'Check where the token is from, and get a new one.',
  refusesToken: true,
  run: (facts) =>
    withToken(facts, ({ claims: { exp, iat } }) => {
      if (typeof exp !== 'number' || typeof iat !== 'number')
        return skipped('It does not say when it was issued');
      if (exp - iat <= maximumLifetimeSeconds) return passed(ago(exp - iat));
      return found({
        subject: {},
        actual: ago(exp - iat),
        expected: `at most ${ago(maximumLifetimeSeconds)}`,
      });
    }),
});
