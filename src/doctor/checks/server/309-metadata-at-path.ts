import { defineCheck, withServer } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { isGuarded, isPage, objectOf, summary } from '../../reading.ts';

/** RFC 9728 §3.1: for a resource with a path the well-known part is inserted before that path. */
export default defineCheck({
  code: 'SKM309',
  level: 'error',
  side: 'code',
  holds: 'The server’s metadata is where the specification puts it',
  title: 'The server’s metadata is not where the specification puts it',
  why: 'For a server at /mcp, clients ask /.well-known/oauth-protected-resource/mcp first.',
  fix: 'Serve the same JSON there, without asking for a token.',
  run: (facts) =>
    withServer(facts, ({ metadata: answer }) => {
      if (objectOf(answer)) return passed();
      if (isGuarded(answer)) return skipped('The server asks for a token there');
      if (isPage(answer) && answer.answered && answer.status === 200)
        return skipped('A web page is answered');
      return found({ subject: { url: answer.url }, actual: summary(answer), expected: '200 with JSON' });
    }),
});
