import { clockToleranceSeconds } from '../../../scalekit/index.ts';
import { defineCheck, withFact } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

/** docs/scalekit.md#documented-failures, 12. */
export default defineCheck({
  code: 'SKM212',
  level: 'error',
  side: 'machine',
  holds: 'This machine’s clock is right',
  title: 'This machine’s clock and Scalekit’s are too far apart',
  why: 'Tokens are good for a certain time. With a wrong clock fresh tokens look expired, or not yet valid.',
  fix: 'Set the clock automatically: timedatectl set-ntp true on Linux, or the date settings of macOS and Windows. In a virtual machine, restart it.',
  run: ({ scalekit }) =>
    withFact(scalekit, ({ clockOffset, issuer }) => {
      if (clockOffset === undefined) return skipped('Scalekit’s answer has no date');
      if (Math.abs(clockOffset) <= clockToleranceSeconds) return passed(`${clockOffset} s apart`);
      const relation = clockOffset > 0 ? 'behind' : 'ahead of';
      return found({
        subject: { url: new URL(issuer).origin },
        actual: `this machine’s clock is ${Math.abs(clockOffset)} s ${relation} Scalekit’s`,
        expected: `at most ${clockToleranceSeconds} s`,
      });
    }),
});
