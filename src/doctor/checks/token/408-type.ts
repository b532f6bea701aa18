import { accessTokenTypes } from '../../../scalekit/index.ts';
import { defineCheck, withToken } from '../../check.ts';
import type { Claims } from '../../claims.ts';
import { found, passed } from '../../model.ts';

/** OpenID Connect Core §2 and §3.1.3.6: only ID tokens have these claims, or a client as their audience. */
function isIdToken({ at_hash, nonce, aud, scope, scopes, scp }: Claims): boolean {
  const grants = [scope, scopes, scp].some((each) => each !== undefined);
  const forClient = [aud]
    .flat()
    .some((each) => typeof each === 'string' && /^(?:m2m_|(?:[a-z]+_)?skc_)/.test(each));
  return !grants && (at_hash !== undefined || nonce !== undefined || forClient);
}

/** RFC 9068 §2.1; docs/mcp.md#tokens: ID and logout tokens are signed with the same keys. */
export default defineCheck({
  code: 'SKM408',
  level: 'error',
  side: 'client',
  holds: 'The token is the kind of token that is meant for servers',
  title: 'The token is another kind of token, not an access token',
  why: 'Id and logout tokens are signed with the same keys, but are not for calling tools. The server answers 401.',
  fix: 'Use the access_token of the token response, not the id_token.',
  refusesToken: true,
  explains: ['SKM405', 'SKM409', 'SKM410'],
  run: (facts) =>
    withToken(facts, ({ type: typ, claims }) => {
      if (typ !== undefined && !accessTokenTypes.includes(typ.toLowerCase()))
        return found({ subject: {}, actual: `typ ${typ}`, expected: accessTokenTypes.join(', ') });
      if (!isIdToken(claims)) return passed(typ === undefined ? 'no typ' : `typ ${typ}`);
      return found({
        subject: {},
        title: 'The token is an ID token, not an access token',
        actual: `${claims.at_hash === undefined ? 'a nonce' : 'at_hash'}, and an audience that is a client: ${JSON.stringify(claims.aud)}`,
        expected: 'the access_token of the same answer',
        why: 'An ID token tells the client who has signed in. It is signed with the same keys, and is not for calling tools. The server answers 401.',
      });
    }),
});
