import { portOf } from '../../../scalekit/index.ts';
import { defineCheck, withAnswer } from '../../check.ts';
import { allowHost } from '../../frameworks.ts';
import { isHostRefused, isOnThisMachine } from '../../interference.ts';
import { lineFor, whoAnswered } from '../../intermediaries.ts';
import { found, passed } from '../../model.ts';
import { reasonOf, summary } from '../../reading.ts';

/** RFC 9110 §7.2 and §7.4 (421): a server may refuse a Host that is not its own; proxies send their own by default. */
export default defineCheck({
  code: 'SKM342',
  level: 'error',
  side: 'proxy',
  holds: 'The server knows the host name that requests use',
  title: 'The server refuses the host name that requests use (the Host header)',
  why: 'A server knows the host names that are its own, and refuses all others. A proxy in front often puts another name there, such as the address behind it.',
  fix: 'Let the proxy pass on the Host of the request, or allow the name in the server.',
  explains: ['server', 'token', 'tools'],
  run: (facts) =>
    withAnswer(facts, (server) => {
      const { noToken, endpoint, metadata } = server;
      if (!isHostRefused(noToken)) return passed();
      const url = new URL(endpoint);
      const allow = allowHost(facts.project.known ? facts.project.value : undefined, url.host);
      const who = whoAnswered(noToken, metadata);
      const isLocal = isOnThisMachine(server);
      return found({
        subject: { url: endpoint },
        actual: `${summary(noToken)}: ${reasonOf(noToken) || 'no reason given'}${who === undefined ? '' : ` (through ${who})`}`,
        expected: `an answer to Host: ${url.host}`,
        ...(isLocal && who === undefined ? { side: 'code' as const } : {}),
        fix:
          isLocal && who === undefined
            ? allow
            : `${lineFor('host', [noToken, metadata], portOf(url))} Or: ${allow}`,
      });
    }),
});
