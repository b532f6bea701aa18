import { defineCheck, withProject } from '../../check.ts';
import { found, skipped } from '../../model.ts';

/** docs/scalekit.md#access-tokens: verifying needs no client secret and no SDK. */
export default defineCheck({
  code: 'SKM124',
  level: 'warning',
  side: 'env',
  holds: 'There is no Scalekit secret that nothing needs',
  title: 'There is a Scalekit secret that this server does not need',
  why: 'Tokens are checked with public keys. A secret that is not needed can only leak.',
  fix: 'Remove the line. If anyone else could read the file, make a new secret in Scalekit’s dashboard.',
  run: (facts) =>
    withProject(facts, ({ kind, envFiles, packages }) => {
      const needsIt = kind === 'xmcp' || packages.some(({ name }) => name.startsWith('@scalekit-sdk/'));
      if (needsIt) return skipped('Its framework asks for the secret');
      return found(
        ...envFiles.flatMap(({ file, lines }) =>
          lines
            .filter(({ name, isSecret, isEmpty }) => isSecret && !isEmpty && name.includes('SCALEKIT'))
            .map(({ name, line }) => ({
              subject: { file, line, variable: name },
              actual: 'a secret (not shown)',
              expected: 'no such line',
            })),
        ),
      );
    }),
});
