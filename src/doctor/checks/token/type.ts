import { accessTokenTypes } from '../../../scalekit/index.ts';
import { type Check, withToken } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** RFC 9068 §2.1; docs/mcp.md#tokens: id and logout tokens are signed with the same keys. */
export const type: Check = {
  code: 'SKM408',
  run: (facts) =>
    withToken(facts, ({ type: typ }) =>
      typ === undefined || accessTokenTypes.includes(typ.toLowerCase())
        ? passed(typ === undefined ? 'no typ' : `typ ${typ}`)
        : found({ subject: {}, actual: `typ ${typ}`, expected: accessTokenTypes.join(', ') }),
    ),
};
