import { openIdScopes, scopesOf } from '../../../scalekit/index.ts';
import { defineCheck, serverScopes, withToken } from '../../check.ts';
import type { Facts } from '../../facts/index.ts';
import { found, passed, skipped } from '../../model.ts';
import { authorizationMetadata, strings } from '../../reading.ts';

/** A scope that Scalekit does not know is in no token: SKM213 deals with that. */
function possibleScopes(facts: Facts): readonly string[] {
  const document = facts.scalekit.known ? authorizationMetadata(facts.scalekit.value) : undefined;
  const defined = strings(document?.scopes_supported);
  const own = serverScopes(facts);
  return defined.length === 0 ? own : own.filter((scope) => defined.includes(scope));
}

/** docs/scalekit.md#documented-failures, 11: the client did not request them; the token is narrower than the tool. */
export default defineCheck({
  code: 'SKM410',
  level: 'warning',
  side: 'client',
  holds: 'The token allows all that the server has',
  title: 'The token does not allow all that the server has',
  why: 'The user did not allow it, or the client did not ask for it. Tools that need it answer 403 insufficient_scope.',
  fix: 'Sign in again and allow the scopes above. If they are not offered, add them in Scalekit’s dashboard > MCP Servers > your server. If they were allowed and are still missing, the user’s role lacks the permission (the server’s switch to intersect scopes with the user’s permissions).',
  run: (facts) =>
    withToken(facts, ({ claims }) => {
      const own = possibleScopes(facts);
      if (own.length === 0) return skipped('The server does not say which scopes it has');
      const granted = scopesOf(claims);
      const lower = new Set(granted.map((scope) => scope.toLowerCase()));
      const absent = own.filter((scope) => !lower.has(scope.toLowerCase()));
      if (absent.length === 0)
        return passed(`scope ${granted.filter((name) => !openIdScopes.has(name)).join(' ')}`);
      return found({
        subject: {},
        actual: granted.length === 0 ? 'no scopes' : granted.join(' '),
        expected: `${absent.join(' ')} too, for the tools that need ${absent.length === 1 ? 'it' : 'them'}`,
      });
    }),
});
