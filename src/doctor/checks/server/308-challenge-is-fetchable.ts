import { isUrl } from '../../../scalekit/index.ts';
import { defineCheck, withChallenge } from '../../check.ts';
import type { ServerFacts } from '../../facts/index.ts';
import { namedMetadataLine } from '../../frameworks.ts';
import { found, passed, skipped } from '../../model.ts';
import type { ProbeResult } from '../../probe.ts';
import { isGuarded, isSilent, objectOf, resourceMetadata, summary } from '../../reading.ts';

function answerOf(server: ServerFacts, named: string) {
  return [server.metadata, server.metadataRoot, server.metadataNamed].find((answer) => answer?.url === named);
}

/** @returns whether all that the server says about itself is about another address: SKM313 deals with that. */
function isElsewhere(named: string, server: ServerFacts): boolean {
  const resource = resourceMetadata(server)?.resource;
  if (typeof resource !== 'string' || !isUrl(resource)) return false;
  const { origin } = new URL(named);
  return origin === new URL(resource).origin && origin !== new URL(server.endpoint).origin;
}

const failing = {
  title: 'The server fails when it is asked for its metadata',
  fix: 'See the server’s log for the error: often a variable that the document is made of is missing, or is not JSON.',
} as const;

/** Why an answer that is no document says nothing about this address. */
function otherReason(answer: ProbeResult, server: ServerFacts): string | undefined {
  if (isSilent(answer)) return `No answer came from there: ${summary(answer)}`;
  if (isGuarded(answer)) return 'The server asks for a token there';
  if (isElsewhere(answer.url, server)) return 'All of the server’s addresses are another host’s';
  return undefined;
}

/** docs/scalekit.md#documented-failures, 9. */
export default defineCheck({
  code: 'SKM308',
  level: 'error',
  side: 'code',
  holds: 'The metadata is where the refusal says',
  title: 'The metadata is not where the refusal says',
  why: 'Clients follow the address in the refusal and find nothing, so they never get to the sign-in page.',
  fix: 'Serve the metadata at exactly this address, or correct resource_metadata. Behind a proxy, forward /.well-known/ too.',
  explains: ['SKM309'],
  run: (facts) =>
    withChallenge(facts, ({ resource_metadata: named }, server) => {
      const answer = named === undefined ? undefined : answerOf(server, named);
      if (answer === undefined) return skipped('The challenge names no metadata that can be asked for');
      if (objectOf(answer)) return passed(answer.url);
      const other = otherReason(answer, server);
      if (other !== undefined) return skipped(other);
      const line = namedMetadataLine(facts.project.known ? facts.project.value : undefined);
      return found({
        subject: { url: answer.url },
        actual: summary(answer),
        expected: '200 with a JSON document',
        ...(line === undefined ? {} : { fix: line }),
        ...(answer.answered && answer.status >= 500 ? failing : {}),
      });
    }),
});
