import { defineCheck, withAnswer } from '../../check.ts';
import { isPrefixTaken } from '../../interference.ts';
import { lineFor, textOf } from '../../intermediaries.ts';
import { found, passed } from '../../model.ts';
import { summary } from '../../reading.ts';

/** Seen: the server answers 404 and names the very URL that was requested, because the proxy requested another path. */
export default defineCheck({
  code: 'SKM348',
  level: 'error',
  side: 'proxy',
  holds: 'The whole path arrives at the server',
  title: 'The proxy removes the beginning of the path',
  why: 'The server is asked for another path than the one in MCP_URL, and answers that nothing is there.',
  fix: 'Let the proxy pass on the whole path.',
  explains: ['server', 'token', 'tools'],
  run: (facts) =>
    withAnswer(facts, (server) => {
      if (!isPrefixTaken(server)) return passed();
      const { noToken, metadata, endpoint } = server;
      return found({
        subject: { url: endpoint },
        actual: `${summary(noToken)}: ${textOf(noToken)}`,
        expected: `the path ${new URL(endpoint).pathname} at the server, too`,
        fix: lineFor('prefix', [noToken, metadata]),
      });
    }),
});
