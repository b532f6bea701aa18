import { isLoopback, portOf } from '../../../scalekit/index.ts';
import { type Check, withServer } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

/** Facts: Scalekit, documented failure 17: Claude Desktop connects to port 443 only. */
export const standardPort: Check = {
  code: 'SKM338',
  run: (facts) =>
    withServer(facts, ({ endpoint }) => {
      const url = new URL(endpoint);
      if (isLoopback(url)) return skipped('It is on this machine');
      if (portOf(url) === 443) return passed();
      return found({
        subject: { url: endpoint },
        actual: `port ${portOf(url)}`,
        expected: 'https on port 443',
      });
    }),
};
