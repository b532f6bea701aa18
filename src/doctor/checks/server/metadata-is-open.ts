import { type Check, withServer } from '../../check.ts';
import { found } from '../../model.ts';
import { isGuarded, summary } from '../../reading.ts';

/** Facts: Scalekit, documented failure 7: blocked by the server's own authentication. */
export const metadataIsOpen: Check = {
  code: 'SKM311',
  run: (facts) =>
    withServer(facts, ({ metadata, metadataRoot }) =>
      found(
        ...[metadata, metadataRoot].filter(isGuarded).map((answer) => ({
          subject: { url: answer.url },
          actual: summary(answer),
          expected: '200 without a token',
        })),
      ),
    ),
};
