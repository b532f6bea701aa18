import { clockToleranceSeconds } from '../../../scalekit/index.ts';
import { defineCheck, withToken } from '../../check.ts';
import { type Finding, found, passed } from '../../model.ts';
import { ago, utc } from '../../times.ts';

/** RFC 7519 §4.1.5; docs/mcp.md#tokens (`iat` ahead). */
export default defineCheck({
  code: 'SKM407',
  level: 'error',
  side: 'machine',
  holds: 'The token is valid already',
  title: 'The token is not valid yet',
  why: 'By this machine’s clock the token is from the future. The server answers 401.',
  fix: 'Correct the clock of this machine, or of the server’s.',
  refusesToken: true,
  run: (facts) =>
    withToken(facts, ({ claims, now }) => {
      const findings = (['nbf', 'iat'] as const).flatMap((name): readonly Finding[] => {
        const time = claims[name];
        if (typeof time !== 'number' || time <= now + clockToleranceSeconds) return [];
        return [
          {
            subject: {},
            actual: `${name} ${utc(time)}, in ${ago(time - now)}`,
            expected: 'a time that has passed',
          },
        ];
      });
      const { nbf, iat } = claims;
      const start = typeof nbf === 'number' ? nbf : iat;
      return findings.length > 0
        ? found(...findings)
        : passed(typeof start === 'number' ? `since ${utc(start)}` : undefined);
    }),
});
