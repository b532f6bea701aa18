import { defineCheck, withToken } from '../../check.ts';
import { type Finding, found, passed } from '../../model.ts';
import { utc } from '../../times.ts';

/** In seconds this is the year 5138. */
const surelyMilliseconds = 100_000_000_000;

/** RFC 7519 §2, NumericDate: seconds since 1970. */
export default defineCheck({
  code: 'SKM415',
  level: 'error',
  side: 'code',
  holds: 'The token’s times are in seconds',
  title: 'The token’s times are in milliseconds',
  why: 'Whoever made the token wrote Date.now() into it. A verifier reads seconds, and sees a time thousands of years ahead. The server answers 401.',
  fix: 'Divide by 1000: Math.floor(Date.now() / 1000). Scalekit’s own tokens have seconds, so this one was made by other code.',
  refusesToken: true,
  explains: ['SKM406', 'SKM407', 'SKM411'],
  run: (facts) =>
    withToken(facts, ({ claims }) => {
      const wrong = (['exp', 'iat', 'nbf'] as const).flatMap((name): readonly Finding[] => {
        const time = claims[name];
        if (typeof time !== 'number' || time < surelyMilliseconds) return [];
        return [
          {
            subject: {},
            actual: `${name} ${time}`,
            expected: `${Math.floor(time / 1000)} (${utc(time / 1000)})`,
          },
        ];
      });
      return wrong.length === 0 ? passed() : found(...wrong);
    }),
});
