import { isLoopback, portOf } from '../../../scalekit/index.ts';
import { defineCheck, withServer } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

/** docs/scalekit.md#documented-failures, 17: Claude Desktop connects to port 443 only. */
export default defineCheck({
  code: 'SKM338',
  level: 'advice',
  side: 'proxy',
  holds: 'The server is on the port that every client can use',
  title: 'The server is not on port 443',
  why: 'Some clients, Claude Desktop among them, connect to https on port 443 only.',
  fix: 'Put a proxy in front that listens on 443.',
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
});
