import { defineCheck, withAnswer } from '../../check.ts';
import { isNoUpstream } from '../../interference.ts';
import { lineFor, whoAnswered } from '../../intermediaries.ts';
import { found, passed } from '../../model.ts';
import { summary } from '../../reading.ts';
import { listeningPort } from '../../settings.ts';

/** RFC 9110 §15.6.3 to §15.6.5: with 502, 503 and 504 a gateway reports that what is behind it fails. */
export default defineCheck({
  code: 'SKM347',
  level: 'error',
  side: 'proxy',
  holds: 'The proxy in front reaches the server',
  title: 'The proxy in front does not reach the server',
  why: 'The proxy answers, and says that nothing answers behind it: the server is down, listens on another port or address, or ends the connection.',
  fix: 'Start the server, and point the proxy at the port that it listens on.',
  explains: ['server', 'token', 'tools'],
  run: (facts) =>
    withAnswer(facts, ({ noToken, endpoint, localPort }) => {
      if (!isNoUpstream(noToken)) return passed();
      const who = whoAnswered(noToken);
      const port = localPort?.port ?? (facts.project.known ? listeningPort(facts.project.value) : undefined);
      const here =
        localPort === undefined
          ? ''
          : localPort.answers
            ? ` The server answers on port ${localPort.port} of this machine, so it is the proxy’s address for it that is wrong.`
            : ` Nothing answers on port ${localPort.port} of this machine either: start the server first.`;
      return found({
        subject: { url: endpoint },
        actual: `${summary(noToken)}${who === undefined ? '' : ` from ${who}`}`,
        expected: '401 from the server behind it',
        fix: `${lineFor('upstream', [noToken], port)}${here}`,
      });
    }),
});
