import { type Check, withProject } from '../../check.ts';
import { found, skipped } from '../../model.ts';

const readableByOthers = 0o044;

export const envPrivate: Check = {
  code: 'SKM123',
  run: (facts) =>
    withProject(facts, ({ envFiles }) => {
      if (envFiles.every(({ mode }) => mode === undefined))
        return skipped('There is no .env, or this system has no such permissions');
      return found(
        ...envFiles
          .filter(({ mode = 0 }) => (mode & readableByOthers) !== 0)
          .map(({ file, mode = 0 }) => ({
            subject: { file },
            actual: `mode 0${mode.toString(8)}`,
            expected: 'mode 0600: for you alone',
            edits: [{ kind: 'mode', file, mode: 0o600 } as const],
          })),
      );
    }),
};
