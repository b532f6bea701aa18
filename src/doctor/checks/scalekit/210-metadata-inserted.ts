import { defineCheck, withAuthorizationMetadata } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { objectOf, summary } from '../../reading.ts';

/** RFC 8414 §3.1; docs/scalekit.md#endpoints: one tenant answers only the appended form. */
export default defineCheck({
  code: 'SKM210',
  level: 'warning',
  side: 'dashboard',
  holds: 'Scalekit’s metadata is where clients ask first',
  title: 'Scalekit’s metadata is not where clients ask first',
  why: 'Clients that follow the specification strictly ask only at the first address, and give up.',
  fix: 'Nothing in your project is wrong: report it to Scalekit’s support, with the URL above.',
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
});
