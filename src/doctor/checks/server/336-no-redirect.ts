import { defineCheck, withAnswer } from '../../check.ts';
import { isDowngrade, isLogin, redirectTarget } from '../../interference.ts';
import { found, passed, skipped } from '../../model.ts';
import { isMcpServer, summary } from '../../reading.ts';

/** Clients do not pass a token on to another host (the Fetch standard), and some do not follow redirects of a POST at all. */
export default defineCheck({
  code: 'SKM336',
  level: 'error',
  side: 'proxy',
  holds: 'The URL does not redirect',
  title: 'The URL redirects elsewhere',
  why: 'Clients do not pass their token on to the new address, and some do not follow at all.',
  fix: 'Give clients the address that it redirects to, or switch the redirect off (often a slash at the end, or http to https).',
  explains: ['SKM303'],
  run: (facts) =>
    withAnswer(facts, (server) => {
      const { noToken, atGiven, given, endpoint } = server;
      const answer = redirectTarget(noToken) === undefined ? atGiven : noToken;
      const target = answer === undefined ? undefined : redirectTarget(answer);
      if (answer === undefined || target === undefined) return passed();
      if (isLogin(answer)) return skipped('It leads to a login');
      if (isDowngrade(answer, given ?? endpoint)) return skipped('It leads back to http');
      return found({
        subject: { url: answer.url },
        actual: `${summary(answer)} to ${target.href}`,
        expected: '401 from the URL itself',
        // The server was found behind the redirect, so clients that follow it get there.
        ...(answer === atGiven && isMcpServer(server) ? { level: 'warning' as const } : {}),
      });
    }),
});
