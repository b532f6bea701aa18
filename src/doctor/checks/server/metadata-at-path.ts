import { type Check, withServer } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { objectOf, summary } from '../../reading.ts';

/** RFC 9728 §3.1: for a resource with a path the well-known part is inserted before that path. */
export const metadataAtPath: Check = {
  code: 'SKM309',
  run: (facts) =>
    withServer(facts, ({ metadata }) =>
      objectOf(metadata)
        ? passed()
        : found({ subject: { url: metadata.url }, actual: summary(metadata), expected: '200 with JSON' }),
    ),
};
