import { type Check, withToken } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** RFC 9449 §7.2: a token that is bound to its sender's key must not be accepted as a bearer token. */
export const bearer: Check = {
  code: 'SKM412',
  run: (facts) =>
    withToken(facts, ({ isSenderBound }) =>
      isSenderBound ? found({ subject: {}, actual: 'a cnf claim', expected: 'no cnf claim' }) : passed(),
    ),
};
