import { type Check, withProject } from '../../check.ts';
import { found, skipped } from '../../model.ts';

/** Facts: Scalekit, "Verifying needs no client secret and no SDK". */
export const noUnneededSecret: Check = {
  code: 'SKM124',
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
};
