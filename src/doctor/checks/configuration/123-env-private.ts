import { defineCheck, withProject } from '../../check.ts';
import { found, skipped } from '../../model.ts';

const readableByOthers = 0o044;

export default defineCheck({
  code: 'SKM123',
  level: 'advice',
  side: 'machine',
  holds: 'Only you can read .env',
  title: 'Other users of this machine can read .env',
  why: 'It is the file for secrets, even if there is none in it today.',
  fix: 'Remove the permission: chmod 600 .env',
  run: (facts) =>
    withProject(facts, ({ envFiles }) => {
      if (envFiles.every(({ mode }) => mode === undefined))
        return skipped('There is no .env, or this system has no such permissions');
      return found(
        ...envFiles
          .filter(({ mode = 0 }) => (mode & readableByOthers) !== 0)
          .map(({ file, mode = 0, lines }) => ({
            subject: { file },
            actual: `mode 0${mode.toString(8)}`,
            expected: 'mode 0600: for you alone',
            ...(lines.some(({ isSecret, isEmpty }) => isSecret && !isEmpty)
              ? { level: 'warning' as const }
              : {}),
            edits: [{ kind: 'mode', file, mode: 0o600 } as const],
          })),
      );
    }),
});
