import { type Check, withAuthorizationMetadata } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { objectOf, summary } from '../../reading.ts';

/** RFC 8414 §3.1; docs/scalekit.md#endpoints: one tenant answers the appended form alone. */
export const metadataInserted: Check = {
  code: 'SKM210',
  run: (facts) =>
    withAuthorizationMetadata(facts, (_, { metadata, metadataAppended }) =>
      objectOf(metadata)
        ? passed()
        : found({
            subject: { url: metadata.url },
            actual: `${summary(metadata)}, while ${metadataAppended.url} answers`,
            expected: '200 with the same document',
          }),
    ),
};
