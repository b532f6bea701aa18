import { defineCheck, withAnswer } from '../../check.ts';
import type { ServerFacts } from '../../facts/index.ts';
import { isNoUpstream, isStranger } from '../../interference.ts';
import { type Finding, found, skipped } from '../../model.ts';
import { callsWithoutGoodToken, isFirewall, summary } from '../../reading.ts';

/** A server that answers calls without a token, but closes the connection if there is a bad one. */
function hangUps(server: ServerFacts): readonly Finding[] {
  if (!server.noToken.answered) return [];
  return callsWithoutGoodToken(server)
    .filter(({ answer }) => !answer.answered && answer.failure === 'closed')
    .map(({ what, answer }) => ({
      subject: { url: server.endpoint },
      title: 'The server hangs up on a bad token',
      actual: `${summary(answer)}, to ${what}`,
      expected: '401',
      why: 'The connection ends without an answer. Clients take that for a broken network and try again with the same token, forever.',
      fix: 'Catch the error of the token check and answer 401 with WWW-Authenticate. If the program crashes, its log says where.',
    }));
}

/** docs/scalekit.md#documented-failures, 18: clients throw a token away on 401, and on nothing else. */
export default defineCheck({
  code: 'SKM321',
  level: 'error',
  side: 'code',
  holds: 'A bad token does not break the server',
  title: 'The server breaks down on a missing or bad token',
  why: 'Clients throw a token away and sign in again when they get 401, and only then. With 500 they are stuck.',
  fix: 'Catch the error of the token check and answer 401 with WWW-Authenticate.',
  run: (facts) =>
    withAnswer(facts, (server) => {
      if (isStranger(server)) return skipped('Another program answers there');
      const broken = callsWithoutGoodToken(server)
        // 503 means that the keys could not be fetched: another check deals with that.
        .filter(({ answer }) => answer.answered && answer.status >= 500 && answer.status !== 503)
        .filter(({ answer }) => !isFirewall(answer) && !isNoUpstream(answer))
        .map(({ what, answer }) => ({
          subject: { url: server.endpoint },
          actual: `${summary(answer)} to ${what}`,
          expected: '401',
        }));
      return found(...[...broken, ...hangUps(server)].slice(0, 1));
    }),
});
