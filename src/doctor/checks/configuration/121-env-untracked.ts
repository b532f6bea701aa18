import { defineCheck, withEnvInGit } from '../../check.ts';
import { found } from '../../model.ts';

export default defineCheck({
  code: 'SKM121',
  level: 'error',
  side: 'code',
  holds: 'Git does not track .env',
  title: 'Git tracks .env',
  why: 'Everything in it is in every clone of the repository, and stays in its history.',
  fix: 'Remove it from git (the file itself stays), commit that, and replace every secret that was in it.',
  run: (facts) =>
    withEnvInGit(facts, (envFiles) =>
      found(
        ...envFiles
          .filter(({ git }) => git?.tracked)
          .map(({ file, lines }) => ({
            subject: { file },
            ...(file.startsWith('.env') && file !== '.envrc' ? {} : { title: `Git tracks ${file}` }),
            actual: lines.some(({ isSecret, isEmpty }) => isSecret && !isEmpty)
              ? 'tracked by git, with a secret in it'
              : 'tracked by git',
            expected: 'not tracked, and named in .gitignore',
            commands: [['git', 'rm', '--cached', '--', file]],
          })),
      ),
    ),
});
