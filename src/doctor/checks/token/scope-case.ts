import { scopesOf } from '../../../scalekit/index.ts';
import { type Check, serverScopes, withToken } from '../../check.ts';
import { found } from '../../model.ts';

/** RFC 6749 §3.3: scopes are case-sensitive (documented failure 11). */
export const scopeCase: Check = {
  code: 'SKM413',
  run: (facts) =>
    withToken(facts, ({ claims }) => {
      const own = serverScopes(facts);
      return found(
        ...scopesOf(claims).flatMap((scope) => {
          const meant = own.find((name) => name.toLowerCase() === scope.toLowerCase());
          if (meant === undefined || own.includes(scope)) return [];
          return [{ subject: {}, actual: scope, expected: meant }];
        }),
      );
    }),
};
