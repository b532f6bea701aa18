import { defineCheck, withProject } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

export default defineCheck({
  code: 'SKM139',
  level: 'error',
  side: 'code',
  holds: 'The project’s package.json can be read',
  title: 'The project’s package.json cannot be read',
  why: 'Both npm and Node stop at it, so nothing of the project installs or starts. The doctor cannot see its packages either.',
  fix: 'Correct it at the line above: a comma too many or too few, a quote that is missing, or a comment.',
  explains: ['SKM132', 'SKM301', 'SKM302'],
  run: (facts) =>
    withProject(facts, ({ manifestProblem, packages }) => {
      if (manifestProblem !== undefined) {
        const { line, problem } = manifestProblem;
        return found({ subject: { file: 'package.json', line }, actual: problem, expected: 'JSON' });
      }
      return packages.some(({ ecosystem }) => ecosystem === 'npm')
        ? passed()
        : skipped('Nothing in it is npm’s');
    }),
});
