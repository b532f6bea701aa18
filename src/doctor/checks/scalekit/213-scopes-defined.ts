import { defineCheck, withScopes } from '../../check.ts';
import { found } from '../../model.ts';

/** docs/scalekit.md#documented-failures, 10 and 11. */
export default defineCheck({
  code: 'SKM213',
  level: 'error',
  side: 'dashboard',
  holds: 'Scalekit knows every scope of the server',
  title: 'The server uses a scope that Scalekit does not know',
  why: 'No token will ever have it, so every tool that needs it refuses everybody.',
  fix: 'Add the scope in Scalekit’s dashboard > MCP Servers > your server, spelt exactly so, or correct it in the code. Then start the server again.',
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
});
