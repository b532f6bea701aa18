import { type Check, withScopes } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** Facts: Scalekit, documented failure 11, the other way round. */
export const scopesUsed: Check = {
  code: 'SKM214',
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
};
