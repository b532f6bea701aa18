import { defineCheck, withServer } from '../../check.ts';
import { found, skipped } from '../../model.ts';
import type { ProbeResult } from '../../probe.ts';
import { asksNobody, callsWithBadToken, lacksScope, succeeded, summary } from '../../reading.ts';

/** A token whose scopes are looked at has passed the check of its signature. */
function isAccepted(answer: ProbeResult): boolean {
  return succeeded(answer) || lacksScope(answer);
}

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
      const accepted = callsWithBadToken(server).filter(({ answer }) => isAccepted(answer));
      return found(
        ...accepted.slice(0, 1).map(({ what, answer }) => ({
          subject: { url: server.endpoint },
          actual: `${summary(answer)}${lacksScope(answer) ? ' (insufficient_scope)' : ''} to ${what}`,
          expected: '401',
          ...(succeeded(answer)
            ? {}
            : {
                why: 'Its scopes were looked at, and its signature was not: with the right scopes in it, the same forged token is let in.',
              }),
        })),
      );
    }),
});
