import { printable } from '../../../scalekit/index.ts';
import { defineCheck, withTools } from '../../check.ts';
import type { Facts, ServerFacts } from '../../facts/index.ts';
import { type Finding, found, type Outcome, passed, skipped } from '../../model.ts';
import type { ProbeResult } from '../../probe.ts';
import { challengeOf, isBroken, lacksScope, reasonOf, summary } from '../../reading.ts';
import { explainRefusal, partOf, scopesAsked } from '../../token-refusals.ts';

const fix =
  'Accept both issuers and look for the resource id in “aud”. If .env was changed, start the server again.';

function isFastMcp({ project }: Facts): boolean {
  return project.known && project.value.framework === 'fastmcp';
}

/** Something refuses the call before any token is looked at: SKM305 deals with that. */
function isRefusedAlike({ noToken }: ServerFacts, withGood: ProbeResult): boolean {
  if (!noToken.answered || !withGood.answered || noToken.status !== withGood.status) return false;
  return noToken.status !== 401 && challengeOf(withGood) === undefined;
}

/** SKM213 has found a scope that nobody can have, and nothing says that the token is refused for another reason. */
function wantsUnknownScope({ project }: Facts, answer: ProbeResult, unknown: Outcome | undefined): boolean {
  if (unknown?.state !== 'found') return false;
  const asked = scopesAsked(answer);
  const isAsked = unknown.findings.some(({ actual = '' }) => asked.includes(actual));
  if (lacksScope(answer)) return isAsked || asked.length === 0;
  const part = partOf(answer) ?? (project.known ? project.value.tokenCheck?.[0]?.part : undefined);
  return part === undefined || part === 'scope';
}

function refusalBy(facts: Facts, answer: ProbeResult): Partial<Finding> {
  const reason = printable(reasonOf(answer), 160);
  const said = reason === '' ? '' : ` (${reason})`;
  const explained = explainRefusal(answer, facts.project.known ? facts.project.value : undefined);
  return {
    actual: `${summary(answer)}${said} to a token that is signed, in time, and for this server`,
    ...(explained ?? (isFastMcp(facts) ? { fix: `In FastMCP, update to 4.0 or later. ${fix}` } : {})),
  };
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
  run: (facts, { refusals, outcomeOf }) =>
    withTools(facts, ({ initialize }, server) => {
      const { endpoint } = server;
      if (refusals === undefined) return skipped('Whether the token is good is not known');
      if (refusals.length > 0) return skipped('The token is not good');
      if (isBroken(initialize))
        return skipped(`It answers ${summary(initialize)}, which is not about the token`);
      if (!initialize.answered || ![401, 403].includes(initialize.status)) return passed();
      if (isRefusedAlike(server, initialize)) return skipped('It refuses every call alike');
      if (wantsUnknownScope(facts, initialize, outcomeOf('SKM213')))
        return skipped('It asks for a scope that no token has');
      return found({ subject: { url: endpoint }, expected: '200', ...refusalBy(facts, initialize) });
    }),
});
