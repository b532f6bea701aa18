import { defineCheck, withFact } from '../../check.ts';
import { found, passed, passedWith, skipped } from '../../model.ts';

export default defineCheck({
  code: 'SKM302',
  level: 'error',
  side: 'code',
  holds: 'The server starts',
  title: 'The server does not start',
  why: 'It ended, or never answered, so nothing behind it could be checked.',
  fix: 'Run npm start, and mend what it says first.',
  run: ({ start }) =>
    withFact(start, ({ buildError, startError, port, note }) => {
      if (buildError !== undefined) return skipped('The project does not build');
      if (startError !== undefined) return found({ subject: {}, actual: startError });
      if (note !== undefined) return passedWith(`The server starts. ${note}`);
      return passed(port === undefined ? undefined : `It listens on port ${port}`);
    }),
});
