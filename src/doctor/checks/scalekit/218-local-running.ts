import { isLoopback } from '../../../scalekit/index.ts';
import { defineCheck, withFact } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { silenceOf } from '../../reading.ts';

/** Without its local Scalekit the server refuses every call. If neither runs, nobody is working on the project: that is fine. */
export default defineCheck({
  code: 'SKM218',
  level: 'warning',
  side: 'machine',
  holds: 'The local Scalekit is running',
  title: 'The local Scalekit is not running',
  why: 'The settings point to it, so without it nobody can sign in and no token can be checked.',
  fix: 'Start it with: npx scalekit-mcp emulate (npm run dev starts it together with the server).',
  run: ({ scalekit, server }) =>
    withFact(scalekit, (facts) => {
      if (!isLoopback(new URL(facts.issuer))) return skipped('It is the real Scalekit');
      const silence = silenceOf(facts);
      if (silence === undefined) return passed();
      if (silence.cause !== 'not running') return skipped('It does not answer');
      const isServerUp = server.known && server.value.noToken.answered;
      return found({
        subject: { variable: 'SCALEKIT_ENVIRONMENT_URL', url: facts.environmentUrl ?? facts.issuer },
        actual: 'nothing listens there',
        level: isServerUp ? 'error' : 'warning',
      });
    }),
});
