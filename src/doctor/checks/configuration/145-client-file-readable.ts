import { defineCheck, withProject } from '../../check.ts';
import { found, skipped } from '../../model.ts';

export default defineCheck({
  code: 'SKM145',
  level: 'error',
  side: 'client',
  holds: 'Clients can read their files',
  title: 'A client cannot read its own configuration',
  why: 'The file is not the JSON that this client reads, so it ignores the file, and the server with it, often without a word.',
  fix: 'Correct the file at the line above: a comma too many or too few, a quote that is missing, or a comment.',
  run: (facts) =>
    withProject(facts, ({ clientProblems, clients }) => {
      if (clients.length === 0 && clientProblems.length === 0)
        return skipped('No client is configured in this project');
      return found(
        ...clientProblems.map(({ file, line, problem }) => ({
          subject: { file, line },
          actual: problem,
          expected: 'JSON',
        })),
      );
    }),
});
