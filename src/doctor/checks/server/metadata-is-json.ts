import { type Check, withServer } from '../../check.ts';
import { found } from '../../model.ts';
import { isPage, summary } from '../../reading.ts';

/** Facts: Scalekit, documented failure 7: answered as HTML 200. */
export const metadataIsJson: Check = {
  code: 'SKM312',
  run: (facts) =>
    withServer(facts, ({ metadata, metadataRoot }) =>
      found(
        ...[metadata, metadataRoot]
          .filter((answer) => answer.answered && answer.status === 200 && isPage(answer))
          .map((answer) => ({
            subject: { url: answer.url },
            actual: summary(answer),
            expected: '200 with a JSON document, or 404',
          })),
      ),
    ),
};
