import { scopesOf } from '../../../scalekit/index.ts';
import { defineCheck, serverScopes, withToken } from '../../check.ts';
import { found } from '../../model.ts';

/** RFC 6749 §3.3: scopes are case-sensitive (documented failure 11). */
export default defineCheck({
  code: 'SKM413',
  level: 'error',
  side: 'dashboard',
  holds: 'The token’s scopes are spelt as the server spells them',
  title: 'A scope of the token is spelt with other capital letters than the server’s',
  why: 'Capital and small letters are different: todo:Read is not todo:read. The tool answers 403.',
  fix: 'Spell it the same in the code and in Scalekit’s dashboard > MCP Servers > your server.',
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
});
