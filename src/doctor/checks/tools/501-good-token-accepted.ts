import { defineCheck, withTools } from '../../check.ts';
import type { Facts } from '../../facts/index.ts';
import { found, passed, skipped } from '../../model.ts';
import { isBroken, summary } from '../../reading.ts';

const fix =
  'Accept both issuers and look for the resource id in “aud”. If .env was changed, start the server again.';

function isFastMcp({ project }: Facts): boolean {
  return project.known && project.value.framework === 'fastmcp';
}

/** docs/scalekit.md#documented-failures, 12: a verifier that knows one issuer, or compares the audience with a URL. */
export default defineCheck({
  code: 'SKM501',
  level: 'error',
  side: 'code',
  holds: 'The server accepts a good token',
  title: 'The server refuses a good token',
  why: 'The token is signed by Scalekit, in time and for this server. The server’s own check is wrong: it knows only one of Scalekit’s two issuers, or compares the audience with a URL instead of the resource id.',
  fix,
  run: (facts, { refusals }) =>
    withTools(facts, ({ initialize }, { endpoint }) => {
      if (refusals === undefined) return skipped('Whether the token is good is not known');
      if (refusals.length > 0) return skipped('The token is not good');
      if (isBroken(initialize))
        return skipped(`It answers ${summary(initialize)}, which is not about the token`);
      if (!initialize.answered || ![401, 403].includes(initialize.status)) return passed();
      return found({
        subject: { url: endpoint },
        actual: `${summary(initialize)} to a token that is signed, in time, and for this server`,
        expected: '200',
        ...(isFastMcp(facts) ? { fix: `In FastMCP, update to 4.0 or later. ${fix}` } : {}),
      });
    }),
});
