import { isLoopback } from '../../../scalekit/index.ts';
import { type Check, withServer } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { isRedirect, succeeded, summary } from '../../reading.ts';

/** Facts: security, transport. In public the proxy sorts hosts; on this machine a web page can choose any (DNS rebinding). */
export const foreignHost: Check = {
  code: 'SKM334',
  run: (facts) =>
    withServer(facts, ({ foreignHost: answer, endpoint }) => {
      if (!isLoopback(new URL(endpoint)))
        return skipped('It is not on this machine, where only a page could lie');
      if (isRedirect(answer)) return skipped('It answers with a redirect');
      if (answer.answered && answer.status >= 400 && answer.status !== 401) return passed(summary(answer));
      return found({
        subject: { url: endpoint },
        actual: `${summary(answer)} to a call with Host: attacker.example`,
        expected: '403',
        level: succeeded(answer) ? 'error' : 'warning',
      });
    }),
};
