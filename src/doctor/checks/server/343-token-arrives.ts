import { defineCheck, withServer } from '../../check.ts';
import { isTokenLost } from '../../interference.ts';
import { lineFor, whoAnswered } from '../../intermediaries.ts';
import { found, passed, skipped } from '../../model.ts';
import { asksNobody, reasonOf } from '../../reading.ts';

/** RFC 9110 §11.6.2: a proxy may relay Authorization, and many gateways take it out unless they are told. */
export default defineCheck({
  code: 'SKM343',
  level: 'error',
  side: 'proxy',
  holds: 'A token that is sent arrives at the server',
  title: 'The token never arrives: something in front of the server removes it',
  why: 'The server says that there was no token, but one was sent. Nobody gets in, even with a good token.',
  fix: 'Let everything in front of the server pass on the Authorization header.',
  explains: ['server', 'token', 'tools'],
  run: (facts) =>
    withServer(facts, (server) => {
      if (asksNobody(server)) return skipped('The server does not even ask for a token');
      const tools = facts.tools.known ? facts.tools.value : undefined;
      if (!isTokenLost(server, tools)) return passed();
      const { garbageToken, noToken, metadata, endpoint } = server;
      const who = whoAnswered(garbageToken, noToken, metadata);
      return found({
        subject: { url: endpoint },
        actual: `“${reasonOf(garbageToken)}” to a call with a token${who === undefined ? '' : `, through ${who}`}`,
        expected: 'a word about the token that was sent',
        fix: lineFor('authorization', [garbageToken, noToken, metadata]),
      });
    }),
});
