import { defineCheck, withAnswer } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { isRedirect, summary } from '../../reading.ts';

/** Clients do not send a token on to where they are redirected. */
export default defineCheck({
  code: 'SKM336',
  level: 'warning',
  side: 'proxy',
  holds: 'The URL does not redirect',
  title: 'The URL redirects elsewhere',
  why: 'Clients do not send their token on to the new address, and some do not follow at all.',
  fix: 'Give clients the address that it redirects to, or switch the redirect off (often a slash at the end, or http to https).',
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
});
