import { type Check, withServer } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { objectOf, summary } from '../../reading.ts';

/** Older clients, and those that were given the bare host, ask here (facts: MCP). */
export const metadataAtRoot: Check = {
  code: 'SKM310',
  run: (facts) =>
    withServer(facts, ({ metadataRoot }) =>
      objectOf(metadataRoot)
        ? passed()
        : found({
            subject: { url: metadataRoot.url },
            actual: summary(metadataRoot),
            expected: '200 with JSON',
          }),
    ),
};
