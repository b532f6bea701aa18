import { type Check, withServer } from '../../check.ts';
import { found, skipped } from '../../model.ts';
import { callsWithBadToken, succeeded, summary } from '../../reading.ts';

/** RFC 8725 §3.1; docs/mcp.md#tokens. */
export const badTokenRefused: Check = {
  code: 'SKM322',
  run: (facts) =>
    withServer(facts, (server) => {
      if (succeeded(server.noToken)) return skipped('It does not even ask for a token');
      const accepted = callsWithBadToken(server).filter(({ answer }) => succeeded(answer));
      return found(
        ...accepted.slice(0, 1).map(({ what, answer }) => ({
          subject: { url: server.endpoint },
          actual: `${summary(answer)} to ${what}`,
          expected: '401',
        })),
      );
    }),
};
