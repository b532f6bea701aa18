import { defineCheck, withServer } from '../../check.ts';
import { found, skipped } from '../../model.ts';
import { asksNobody, callsWithBadToken, succeeded, summary } from '../../reading.ts';

/** RFC 8725 §3.1; docs/mcp.md#tokens. */
export default defineCheck({
  code: 'SKM322',
  level: 'error',
  side: 'code',
  holds: 'A forged token is refused',
  title: 'The server accepts a forged token',
  why: 'Anyone can make such a token, so anyone can use the tools, as whoever they like.',
  fix: 'Verify the signature with Scalekit’s keys, and issuer, audience and times: jwtVerify of jose with all its options, or ScalekitProvider.',
  run: (facts) =>
    withServer(facts, (server) => {
      if (asksNobody(server)) return skipped('It does not even ask for a token');
      const accepted = callsWithBadToken(server).filter(({ answer }) => succeeded(answer));
      return found(
        ...accepted.slice(0, 1).map(({ what, answer }) => ({
          subject: { url: server.endpoint },
          actual: `${summary(answer)} to ${what}`,
          expected: '401',
        })),
      );
    }),
});
