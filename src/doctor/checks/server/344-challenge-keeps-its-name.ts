import { defineCheck, withAnswer } from '../../check.ts';
import { isChallengeRenamed } from '../../interference.ts';
import { lineFor } from '../../intermediaries.ts';
import { found, passed } from '../../model.ts';
import { refusalOf } from '../../reading.ts';

/** AWS, "Amazon API Gateway important notes": WWW-Authenticate is remapped, with no setting against it in REST APIs. */
export default defineCheck({
  code: 'SKM344',
  level: 'error',
  side: 'proxy',
  holds: 'The challenge arrives under its own name',
  title: 'A gateway renames the header that tells clients how to sign in',
  why: 'Your server sends WWW-Authenticate as it should. The gateway passes it on as x-amzn-remapped-www-authenticate, where no client looks.',
  fix: 'Let the gateway pass on WWW-Authenticate under its own name.',
  explains: ['SKM305', 'SKM306', 'SKM307', 'SKM308', 'SKM324', 'SKM332'],
  run: (facts) =>
    withAnswer(facts, (server) => {
      const refusal = refusalOf(server);
      if (!refusal.answered || !isChallengeRenamed(refusal)) return passed();
      return found({
        subject: { url: server.endpoint },
        actual: `x-amzn-remapped-www-authenticate: ${refusal.headers['x-amzn-remapped-www-authenticate']}`,
        expected: 'the same as WWW-Authenticate',
        fix: lineFor('challenge', [refusal]),
      });
    }),
});
