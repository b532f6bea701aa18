import { type Check, withProject } from '../../check.ts';
import { found, skipped } from '../../model.ts';

export const envUntracked: Check = {
  code: 'SKM121',
  run: (facts) =>
    withProject(facts, ({ envFiles }) => {
      if (envFiles.every(({ git }) => git === undefined))
        return skipped('There is no git repository, or no .env');
      return found(
        ...envFiles
          .filter(({ git }) => git?.tracked)
          .map(({ file, lines }) => ({
            subject: { file },
            actual: lines.some(({ isSecret, isEmpty }) => isSecret && !isEmpty)
              ? 'tracked by git, with a secret in it'
              : 'tracked by git',
            expected: 'not tracked, and named in .gitignore',
            commands: [['git', 'rm', '--cached', '--', file]],
          })),
      );
    }),
};
