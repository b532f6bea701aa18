import { isLoopback } from '../../../scalekit/index.ts';
import { type Check, defineCheck, withFact } from '../../check.ts';
import type { ScalekitFacts } from '../../facts/index.ts';
import { type Outcome, passed, skipped, unreachable } from '../../model.ts';
import { silenceOf } from '../../reading.ts';

const local =
  'Start it with: npx scalekit-mcp emulate (npm run dev does it for you). Then run: npx scalekit-mcp doctor';
const remote =
  'Check this machine’s network and SCALEKIT_ENVIRONMENT_URL (Scalekit’s dashboard > Settings). Then run: npx scalekit-mcp doctor';

function describe(scalekit: ScalekitFacts): Outcome {
  const url = new URL(scalekit.issuer);
  const silence = silenceOf(scalekit);
  if (silence === undefined)
    return passed(scalekit.startedHere ? `${url.origin}, started for this check` : url.origin);
  return unreachable(`${url.origin}: ${silence.message}`, isLoopback(url) ? local : remote);
}

/** "No network here" is not "broken there": no answer for an unknown reason is never a finding. */
const reachable = defineCheck({
  code: 'SKM201',
  level: 'warning',
  side: 'machine',
  holds: 'Scalekit answers',
  title: 'Scalekit does not answer',
  why: 'Whether your Scalekit settings are right could not be checked.',
  fix: 'Check this machine’s network, then run this again.',
  run: ({ scalekit }) =>
    withFact(scalekit, (facts) => {
      const cause = silenceOf(facts)?.cause;
      return cause === undefined || cause === 'unknown'
        ? describe(facts)
        : skipped(`It has a definite cause: ${cause}`);
    }),
});

export default reachable;

/** For create, to which any missing answer means the same: the project is written, and this could not be checked. */
export const answersAtAll: Check = { ...reachable, run: ({ scalekit }) => withFact(scalekit, describe) };
