import { accessTokenTypes } from '../../../scalekit/index.ts';
import { defineCheck, withToken } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** RFC 9068 §2.1; docs/mcp.md#tokens: id and logout tokens are signed with the same keys. */
export default defineCheck({
  code: 'SKM408',
  level: 'error',
  side: 'client',
  holds: 'The token is the kind of token that is meant for servers',
  title: 'The token is another kind of token, not an access token',
  why: 'Id and logout tokens are signed with the same keys, but are not for calling tools. The server answers 401.',
  fix: 'Take the access_token of the token answer, not the id_token.',
  refusesToken: true,
  run: (facts) =>
    withToken(facts, ({ type: typ }) =>
      typ === undefined || accessTokenTypes.includes(typ.toLowerCase())
        ? passed(typ === undefined ? 'no typ' : `typ ${typ}`)
        : found({ subject: {}, actual: `typ ${typ}`, expected: accessTokenTypes.join(', ') }),
    ),
});
