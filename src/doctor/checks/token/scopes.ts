import { reservedScopes, scopesOf } from '../../../scalekit/index.ts';
import { type Check, serverScopes, withToken } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

/** Facts: Scalekit, documented failure 11: the client did not request them; the token is narrower than the tool. */
export const scopes: Check = {
  code: 'SKM410',
  run: (facts) =>
    withToken(facts, ({ claims }) => {
      const own = serverScopes(facts);
      if (own.length === 0) return skipped('The server does not say which scopes it has');
      const granted = scopesOf(claims);
      const lower = new Set(granted.map((scope) => scope.toLowerCase()));
      const absent = own.filter((scope) => !lower.has(scope.toLowerCase()));
      if (absent.length === 0)
        return passed(`scope ${granted.filter((name) => !reservedScopes.has(name)).join(' ')}`);
      return found({
        subject: {},
        actual: granted.length === 0 ? 'no scopes' : granted.join(' '),
        expected: `${absent.join(' ')} too, for the tools that need ${absent.length === 1 ? 'it' : 'them'}`,
      });
    }),
};
