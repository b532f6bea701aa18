import { defineCheck, withTools } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { asksNobody, succeeded, summary } from '../../reading.ts';

/** docs/mcp.md#tokens: the audience, the issuer and the times are the verifier's to check. */
export default defineCheck({
  code: 'SKM504',
  level: 'error',
  side: 'code',
  holds: 'The server refuses a token that is not good',
  title: 'The server accepts a token that it should refuse',
  why: 'The token has the fault above, and the server does not check for it. Tokens for other servers, or expired ones, open this one.',
  fix: 'Verify the issuer, the audience (the resource id), the times and the type: jwtVerify of jose with all its options, or ScalekitProvider.',
  run: (facts, { refusals }) =>
    withTools(facts, ({ initialize }, server) => {
      const { endpoint } = server;
      if (asksNobody(server)) return skipped('The server does not even ask for a token');
      if (refusals === undefined || refusals.length === 0) return skipped('The token is not known to be bad');
      if (!succeeded(initialize)) return passed(summary(initialize));
      return found({
        subject: { url: endpoint },
        actual: `${summary(initialize)} to a token with this fault: ${refusals.join('; ')}`,
        expected: '401',
      });
    }),
});
