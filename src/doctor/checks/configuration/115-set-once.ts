import { defineCheck, withProject } from '../../check.ts';
import type { EnvFile } from '../../facts/index.ts';
import { type Finding, found } from '../../model.ts';

function repeated({ file, lines, rules }: EnvFile): readonly Finding[] {
  return lines.flatMap(({ name, line, value }, index) => {
    // Values are kept only for our variables; other programs' repeated lines are not the doctor's business.
    const last = lines.findLast((other) => other.name === name);
    if (value === undefined || last === undefined || lines.indexOf(last) === index) return [];
    return [
      {
        subject: { file, line, variable: name },
        actual: `line ${line} says ${value}, line ${last.line} says ${last.value}`,
        expected: `only line ${last.line}, which is the one that counts`,
        edits: [{ kind: 'remove-line', file, line, variable: name, ...(rules && { rules }) } as const],
      },
    ];
  });
}

export default defineCheck({
  code: 'SKM115',
  level: 'warning',
  side: 'env',
  holds: 'Every variable is set once',
  title: 'A variable is set twice in the same file',
  why: 'Only the last line counts. Whoever edits the first one wonders why nothing changes.',
  fix: 'Keep the line that is right, and remove the other.',
  run: (facts) =>
    withProject(facts, ({ envFiles }) =>
      found(...envFiles.filter(({ unread }) => !unread).flatMap(repeated)),
    ),
});
