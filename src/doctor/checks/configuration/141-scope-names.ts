import { checkScope, openIdScopes } from '../../../scalekit/index.ts';
import { defineCheck, withProject } from '../../check.ts';
import { type Finding, found, skipped } from '../../model.ts';

/** docs/scalekit.md#identifiers-and-hosts (scope name). */
export default defineCheck({
  code: 'SKM141',
  level: 'error',
  side: 'code',
  holds: 'Scopes have names that Scalekit allows',
  title: 'A scope has a name that Scalekit does not allow',
  why: 'It cannot be created in the dashboard, so no token will ever have it.',
  fix: 'Rename it in the code and in Scalekit’s dashboard.',
  run: (facts) =>
    withProject(facts, ({ scopes }) => {
      // Other providers' scopes are URLs, such as Google's.
      const own = scopes.filter(({ text }) => !text.includes('://') && !openIdScopes.has(text));
      if (own.length === 0) return skipped('Its source names no scopes');
      const findings = own.flatMap(({ text, file, line }): readonly Finding[] => {
        const checked = checkScope(text);
        if (checked.ok || checked.problem.code === 'scope/reserved') return [];
        const { reason, actual, expected } = checked.problem;
        return [{ subject: { file, line }, title: reason, actual, expected }];
      });
      return found(...findings);
    }),
});
