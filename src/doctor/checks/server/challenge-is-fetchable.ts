import { type Check, withChallenge } from '../../check.ts';
import type { ServerFacts } from '../../facts.ts';
import { found, passed, skipped } from '../../model.ts';
import { objectOf, summary } from '../../reading.ts';

function answerOf(server: ServerFacts, named: string) {
  return [server.metadata, server.metadataRoot, server.metadataNamed].find((answer) => answer?.url === named);
}

/** Facts: Scalekit, documented failure 9. */
export const challengeIsFetchable: Check = {
  code: 'SKM308',
  run: (facts) =>
    withChallenge(facts, ({ resource_metadata: named }, server) => {
      const answer = named === undefined ? undefined : answerOf(server, named);
      if (answer === undefined) return skipped('The challenge names no metadata that can be asked for');
      if (objectOf(answer)) return passed(answer.url);
      return found({
        subject: { url: answer.url },
        actual: summary(answer),
        expected: '200 with a JSON document',
      });
    }),
};
