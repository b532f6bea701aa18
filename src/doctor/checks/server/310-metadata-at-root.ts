import { defineCheck, withServer } from '../../check.ts';
import { inFramework, rootMetadataLine } from '../../frameworks.ts';
import { found, passed, skipped } from '../../model.ts';
import { isGuarded, isPage, objectOf, summary } from '../../reading.ts';

/** Older clients, and those that were given the bare host, ask here (docs/mcp.md#what-a-resource-server-must-do). */
export default defineCheck({
  code: 'SKM310',
  level: 'advice',
  side: 'code',
  holds: 'The server’s metadata is at the root too',
  title: 'The server’s metadata is not at the root',
  why: 'Some clients ask only /.well-known/oauth-protected-resource, without /mcp at the end.',
  fix: 'Serve the same JSON there too, without asking for a token.',
  run: (facts) =>
    withServer(facts, ({ metadataRoot: answer }) => {
      if (objectOf(answer)) return passed();
      if (isGuarded(answer)) return skipped('The server asks for a token there');
      if (isPage(answer) && answer.answered && answer.status === 200)
        return skipped('A web page is answered');
      return found({
        subject: { url: answer.url },
        actual: summary(answer),
        expected: '200 with JSON',
        ...inFramework(facts, rootMetadataLine),
      });
    }),
});
