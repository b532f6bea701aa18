import { defineCheck, withAnswer } from '../../check.ts';
import { trustForwarded } from '../../frameworks.ts';
import { isDowngrade, redirectTarget } from '../../interference.ts';
import { lineFor } from '../../intermediaries.ts';
import { found, passed } from '../../model.ts';
import { summary } from '../../reading.ts';

/** RFC 9700 §4: tokens over TLS only; a redirect to http comes from a server that takes the address from the inner request. */
export default defineCheck({
  code: 'SKM346',
  level: 'error',
  side: 'code',
  holds: 'Nobody is sent from https back to http',
  title: 'The server sends clients from https back to http',
  why: 'A proxy in front speaks https, but the server behind it does not know that, and builds addresses with http. Clients refuse to go there with a token, or fail.',
  fix: 'Tell the server that it is behind https, and give clients the address at which it answers itself.',
  explains: ['server', 'token', 'tools'],
  run: (facts) =>
    withAnswer(facts, ({ noToken, endpoint, metadata }) => {
      if (!isDowngrade(noToken, endpoint)) return passed();
      const target = redirectTarget(noToken);
      const https = target?.href.replace(/^http:/, 'https:');
      return found({
        subject: { url: endpoint },
        actual: `${summary(noToken)} to ${target?.href}`,
        expected: https === endpoint ? '401 from the URL itself' : `401, or a redirect to ${https}`,
        fix: `${trustForwarded(facts.project.known ? facts.project.value : undefined)} ${lineFor('scheme', [noToken, metadata])}`,
      });
    }),
});
