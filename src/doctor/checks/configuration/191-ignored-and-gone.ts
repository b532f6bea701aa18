import { defineCheck, withProject } from '../../check.ts';
import { found, skipped } from '../../model.ts';

export default defineCheck({
  code: 'SKM191',
  level: 'warning',
  side: 'code',
  holds: 'Every ignored code is still found',
  title: 'An ignored code is not found any more',
  why: 'An exception that nobody needs hides the next real finding.',
  fix: 'Remove the entry from scalekit-doctor.json.',
  run: (facts, { outcomeOf, isCode }) =>
    withProject(facts, ({ ignores, ignoreFile }) => {
      if (ignores.length === 0) return skipped('Nothing is ignored');
      return found(
        ...ignores
          .filter(({ code }) => !isCode(code) || outcomeOf(code)?.state === 'passed')
          .map(({ code }) => ({
            subject: { file: ignoreFile },
            ...(isCode(code) ? {} : { title: 'A code is ignored that does not exist' }),
            actual: code,
            expected: 'no entry for a code that is not found',
          })),
      );
    }),
});
