import { defineCheck, withServer } from '../../check.ts';
import { clients } from '../../clients.ts';
import { corsOf } from '../../cors.ts';
import { found, passed, skipped } from '../../model.ts';
import { challengeOf, succeeded, summary } from '../../reading.ts';

/** docs/scalekit.md#documented-failures, 15. */
export default defineCheck({
  code: 'SKM603',
  level: 'error',
  side: 'code',
  holds: 'The client’s page may call the server',
  title: 'The client runs in a browser, and its page may not call the server',
  why: 'A browser asks the server first (a preflight), and hides answers and headers that the server does not expose to the page.',
  fix: 'Answer OPTIONS without a token, with Access-Control-Allow-Origin for the client’s page, Access-Control-Allow-Headers: authorization, content-type, mcp-protocol-version, and Access-Control-Expose-Headers: WWW-Authenticate.',
  explains: ['SKM331', 'SKM332', 'SKM340'],
  run: (facts) =>
    withServer(facts, ({ preflight, callFromBrowser, browserOrigin, endpoint }) => {
      if (facts.client === undefined) return skipped('No client was asked about (--client)');
      if (clients[facts.client].isWebPage !== true) return skipped('It does not run in a browser');
      const [first, call] = [corsOf(preflight), corsOf(callFromBrowser)];
      const isAllowed =
        succeeded(preflight) && first.allows(browserOrigin) && first.allowsHeader('authorization');
      const isReadable = challengeOf(callFromBrowser) === undefined || call.exposes('www-authenticate');
      if (isAllowed && isReadable) return passed(browserOrigin);
      return found({
        subject: { url: endpoint },
        actual: isAllowed
          ? 'WWW-Authenticate is hidden from the page'
          : `${summary(preflight)} to OPTIONS from ${browserOrigin}`,
        expected: `calls from ${browserOrigin}`,
      });
    }),
});
