import { type Check, withAnswer } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { isRedirect, summary } from '../../reading.ts';

/** Clients do not send a token on to where they are redirected. */
export const noRedirect: Check = {
  code: 'SKM336',
  run: (facts) =>
    withAnswer(facts, ({ noToken, endpoint }) =>
      noToken.answered && isRedirect(noToken)
        ? found({
            subject: { url: endpoint },
            actual: `${summary(noToken)} to ${noToken.headers.location ?? 'nowhere'}`,
            expected: '401 from the URL itself',
          })
        : passed(),
    ),
};
