import { defineCheck, withProject } from '../../check.ts';
import { type Finding, found, skipped } from '../../model.ts';

const form = '{"code": "…", "reason": "why you live with it"}';

function describeProblem(file: string, problem: string): Finding {
  return {
    subject: { file },
    title: 'The list of ignored codes cannot be used',
    why: 'What cannot be read does not count, so findings are shown that somebody wanted to ignore.',
    fix: `Correct ${file}.`,
    actual: problem,
    expected: `{"ignore": [${form}]}`,
  };
}

export default defineCheck({
  code: 'SKM192',
  level: 'error',
  side: 'code',
  holds: 'Every ignored code has a reason',
  title: 'A code is ignored without a reason',
  why: 'Whoever reads the file later cannot tell whether it is still right. Until it has a reason, it does not count.',
  fix: 'Add a "reason" to the entry in scalekit-doctor.json.',
  run: (facts, { outcomeOf, isCode }) =>
    withProject(facts, ({ ignores, ignoreFile, ignoresProblem }) => {
      if (ignores.length === 0 && ignoresProblem === undefined) return skipped('Nothing is ignored');
      return found(
        ...ignores
          .filter(({ reason, code }) => reason === '' && isCode(code) && outcomeOf(code)?.state !== 'passed')
          .map(({ code }) => ({ subject: { file: ignoreFile }, actual: code, expected: form })),
        ...(ignoresProblem === undefined ? [] : [describeProblem(ignoreFile, ignoresProblem)]),
      );
    }),
});
