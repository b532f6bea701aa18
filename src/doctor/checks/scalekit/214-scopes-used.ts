import { defineCheck, withScopes } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** docs/scalekit.md#documented-failures, 11, the other way round. */
export default defineCheck({
  code: 'SKM214',
  level: 'advice',
  side: 'code',
  holds: 'The server knows every scope that Scalekit offers',
  title: 'Scalekit offers a scope that the server does not know',
  why: 'People are asked to allow something that has no effect.',
  fix: 'Use it for a tool, or remove it in Scalekit’s dashboard > MCP Servers > your server.',
  run: (facts) =>
    withScopes(facts, (own, defined, { metadata }) => {
      const names = new Set(own.map(({ text }) => text.toLowerCase()));
      const unused = defined.filter((scope) => !names.has(scope.toLowerCase()));
      if (unused.length === 0) return passed();
      return found({
        subject: { url: metadata.url },
        actual: `${unused.join(', ')}: defined at Scalekit, unknown to the server`,
        expected: 'the same scopes on both sides',
      });
    }),
});
