import { defineCheck, withServer } from '../../check.ts';
import type { Facts } from '../../facts/index.ts';
import { isChallengeRenamed } from '../../interference.ts';
import { type Finding, found, passed, skipped } from '../../model.ts';
import type { ProbeResult } from '../../probe.ts';
import { challengeOf, isFirewall, reasonOf, refusalOf, rpcErrorOf, summary } from '../../reading.ts';

/** What frameworks answer to a missing header when nobody has told them about OAuth. */
const otherRefusals: ReadonlySet<number> = new Set([400, 402, 403, 407, 422]);

function isOtherRefusal(answer: ProbeResult): boolean {
  if (!answer.answered || !otherRefusals.has(answer.status) || isFirewall(answer)) return false;
  // A JSON-RPC error is about the message (its version, a session) unless it says otherwise.
  return (
    rpcErrorOf(answer) === undefined || /token|auth|credential|forbidden|api.?key/i.test(reasonOf(answer))
  );
}

/** Clients sign in at a 401, and at nothing else. */
function notUnauthorized({ tools }: Facts, noToken: ProbeResult): Partial<Finding> {
  const status = noToken.answered ? noToken.status : 0;
  const reason = reasonOf(noToken);
  const withGood = tools.known ? tools.value.initialize : undefined;
  const isForAll = withGood?.answered && withGood.status === status && challengeOf(withGood) === undefined;
  return {
    title: isForAll
      ? `The server answers ${status} to every call, with a good token too`
      : `A call without a token is answered with ${status}, not with 401`,
    actual: `${summary(noToken)}${reason === '' ? '' : ` (${reason})`}`,
    why: isForAll
      ? 'Something refuses the call before the token is looked at: a protection against forged forms (CSRF), a rule for paths, an API key.'
      : 'Clients open the sign-in page at a 401 with WWW-Authenticate, and at nothing else. Here they report an error.',
    fix: isForAll
      ? 'Let POST through to the token check at this path (Spring Security: csrf.ignoringRequestMatchers, and authorizeHttpRequests with oauth2ResourceServer), and answer 401 with WWW-Authenticate: Bearer resource_metadata="…" where there is no token.'
      : 'Answer a missing token with 401 and WWW-Authenticate: Bearer resource_metadata="…". 403 is for good tokens that lack a scope.',
  };
}

/** RFC 9110 §15.5.2: a 401 carries a challenge; RFC 6750 §3: of the scheme Bearer. */
export default defineCheck({
  code: 'SKM305',
  level: 'error',
  side: 'code',
  holds: 'The refusal tells clients how to sign in',
  title: 'The refusal (401) does not tell clients how to sign in',
  why: 'A client learns where to sign in from the WWW-Authenticate header of the refusal. Without it, it just fails.',
  fix: 'Send WWW-Authenticate: Bearer resource_metadata="…" with every 401.',
  explains: ['SKM306', 'SKM323'],
  run: (facts) =>
    withServer(facts, (server) => {
      const [noToken, { endpoint }] = [refusalOf(server), server];
      if (isOtherRefusal(noToken))
        return found({
          subject: { url: endpoint },
          expected: '401 with WWW-Authenticate: Bearer resource_metadata="…"',
          ...notUnauthorized(facts, noToken),
        });
      if (!noToken.answered || noToken.status !== 401)
        return skipped(`A call without a token is answered with ${summary(noToken)}, not 401`);
      if (challengeOf(noToken)) return passed();
      if (isChallengeRenamed(noToken)) return skipped('A gateway has renamed it');
      return found({
        subject: { url: endpoint },
        actual: noToken.headers['www-authenticate'] ?? 'no WWW-Authenticate header',
        expected: 'WWW-Authenticate: Bearer resource_metadata="…"',
      });
    }),
});
