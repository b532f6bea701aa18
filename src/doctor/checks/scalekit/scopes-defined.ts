import { type Check, withScopes } from '../../check.ts';
import { found } from '../../model.ts';

/** Facts: Scalekit, documented failures 10 and 11. */
export const scopesDefined: Check = {
  code: 'SKM213',
  run: (facts) =>
    withScopes(facts, (own, defined) =>
      found(
        ...own
          .filter(({ text }) => !defined.includes(text))
          .map(({ text, file, line, url }) => {
            const other = defined.find((scope) => scope.toLowerCase() === text.toLowerCase());
            return {
              subject: { ...(file && { file }), ...(line && { line }), ...(url && { url }) },
              actual: text,
              expected: other === undefined ? `one of ${defined.join(', ')}` : `${other} (case matters)`,
            };
          }),
      ),
    ),
};
