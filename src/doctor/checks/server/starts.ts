import { type Check, withFact } from '../../check.ts';
import { found, passed, passedWith, skipped } from '../../model.ts';

export const starts: Check = {
  code: 'SKM302',
  run: ({ start }) =>
    withFact(start, ({ buildError, startError, port, note }) => {
      if (buildError !== undefined) return skipped('The project does not build');
      if (startError !== undefined) return found({ subject: {}, actual: startError });
      if (note !== undefined) return passedWith(`The server starts. ${note}`);
      return passed(port === undefined ? undefined : `It listens on port ${port}`);
    }),
};
