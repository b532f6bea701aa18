import { defineCheck, withEnvInGit } from '../../check.ts';
import { found } from '../../model.ts';

export default defineCheck({
  code: 'SKM122',
  level: 'warning',
  side: 'code',
  holds: 'Git ignores .env',
  title: 'Git does not ignore .env',
  why: 'The next “git add .” puts your settings into the repository.',
  fix: 'Name it in .gitignore.',
  run: (facts) =>
    withEnvInGit(facts, (envFiles) =>
      found(
        ...envFiles
          .filter(({ git }) => git !== undefined && !git.ignored)
          .map(({ file }) => ({
            subject: { file },
            ...(file.startsWith('.env') && file !== '.envrc' ? {} : { title: `Git does not ignore ${file}` }),
            actual: 'not named in .gitignore',
            expected: `a line ${file} in .gitignore`,
            edits: [{ kind: 'append-line', file: '.gitignore', text: file } as const],
          })),
      ),
    ),
});
