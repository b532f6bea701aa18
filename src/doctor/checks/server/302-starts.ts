import { defineCheck, withFact } from '../../check.ts';
import type { StartFacts } from '../../facts/index.ts';
import { type Finding, found, passed, passedWith, skipped } from '../../model.ts';
import { startCauseOf } from '../../start-causes.ts';

/** The server's output tells the cause, if the words are known. The next thing to run is the command that started it. */
function wordsFor({ command, wasSilent }: StartFacts, said: string): Partial<Finding> {
  if (wasSilent)
    return {
      title: 'The server was started, but listens nowhere',
      fix: 'It may speak stdio, or listen on a port of its own: see how it is run in its source.',
    };
  return {
    ...(command === undefined ? {} : { fix: `Run ${command}, and fix the first error that it prints.` }),
    ...startCauseOf(said),
  };
}

/** docs/scalekit.md#documented-failures, 5 and 23. */
export default defineCheck({
  code: 'SKM302',
  level: 'error',
  side: 'code',
  holds: 'The server starts',
  title: 'The server does not start',
  why: 'It ended, or never answered, so nothing more could be checked.',
  fix: 'Run npm start, and fix the first error that it prints.',
  explains: ['SKM301'],
  run: ({ start }) =>
    withFact(start, (facts) => {
      const { buildError, startError, port, note, command } = facts;
      if (buildError !== undefined) return skipped('The project does not build');
      if (startError !== undefined)
        return found({ subject: {}, actual: startError, ...wordsFor(facts, startError) });
      if (note !== undefined) return passedWith(`The server starts. ${note}`);
      return passed(port === undefined ? undefined : `${command ?? 'It'} listens on port ${port}`);
    }),
});
