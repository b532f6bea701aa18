import { type Check, withServer } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { challengeOf, corsOf } from '../../reading.ts';

/** Facts: Scalekit, documented failure 15: the exposed `WWW-Authenticate`. */
export const challengeExposed: Check = {
  code: 'SKM332',
  run: (facts) =>
    withServer(facts, ({ callFromBrowser, browserOrigin, endpoint }) => {
      const cors = corsOf(callFromBrowser);
      if (challengeOf(callFromBrowser) === undefined || !cors.allows(browserOrigin))
        return skipped('A web page gets no challenge to read');
      if (cors.exposes('www-authenticate')) return passed();
      return found({
        subject: { url: endpoint },
        actual: cors.exposed === '' ? 'no Access-Control-Expose-Headers' : cors.exposed,
        expected: 'Access-Control-Expose-Headers: WWW-Authenticate',
      });
    }),
};
