import { type Check, withServer } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { isGuarded, isPage, objectOf, summary } from '../../reading.ts';

/** RFC 9728 §3.1: for a resource with a path the well-known part is inserted before that path. */
export const metadataAtPath: Check = {
  code: 'SKM309',
  run: (facts) =>
    withServer(facts, ({ metadata: answer }) => {
      if (objectOf(answer)) return passed();
      if (isGuarded(answer)) return skipped('The server asks for a token there');
      if (isPage(answer) && answer.answered && answer.status === 200)
        return skipped('A web page is answered');
      return found({ subject: { url: answer.url }, actual: summary(answer), expected: '200 with JSON' });
    }),
};
