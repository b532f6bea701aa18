import { isLoopback } from '../../../scalekit/index.ts';
import { type Check, withFact } from '../../check.ts';
import { passed, unreachable } from '../../model.ts';

const local = 'Start it with: npx scalekit-mcp emulate (npm run dev does it for you). Then run this again.';
const remote =
  'Check this machine’s network and SCALEKIT_ENVIRONMENT_URL (Scalekit’s dashboard > Settings). Then run: npx scalekit-mcp doctor';

/** "No network here" is not "broken there", so this is never a finding: it could not be checked. */
export const reachable: Check = {
  code: 'SKM201',
  run: ({ scalekit }) =>
    withFact(scalekit, ({ metadata, metadataAppended, keys, issuer, startedHere }) => {
      const answers = [metadata, metadataAppended, keys];
      const url = new URL(issuer);
      if (answers.some((answer) => answer.answered))
        return passed(startedHere ? `${url.origin}, started for this check` : url.origin);
      const why = metadata.answered ? '' : metadata.message;
      return unreachable(`${url.origin}: ${why}`, isLoopback(url) ? local : remote);
    }),
};
