import { type Check, withFact } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { authorizationMetadata, summary } from '../../reading.ts';

export const metadataFound: Check = {
  code: 'SKM204',
  run: ({ scalekit }) =>
    withFact(scalekit, (facts) => {
      if (authorizationMetadata(facts)) return passed();
      if (!facts.metadata.answered && !facts.metadataAppended.answered) return skipped('It does not answer');
      return found({
        subject: { variable: 'SCALEKIT_RESOURCE_ID', url: facts.metadata.url },
        actual: summary(facts.metadata),
        expected: '200 with a JSON document',
      });
    }),
};
