import { defineCheck, withServer } from '../../check.ts';
import { found } from '../../model.ts';
import { isPage, summary } from '../../reading.ts';

/** docs/scalekit.md#documented-failures, 7: answered as HTML 200. */
export default defineCheck({
  code: 'SKM312',
  level: 'error',
  side: 'proxy',
  holds: 'The server’s metadata is JSON',
  title: 'A web page is answered where the server’s metadata should be',
  why: 'It says 200 and is not the metadata, so clients stop with a puzzling error instead of asking elsewhere. Often a catch-all route of a web site.',
  fix: 'Serve the JSON there, or answer 404. Behind a proxy, forward /.well-known/ to the MCP server.',
  explains: ['SKM308'],
  run: (facts) =>
    withServer(facts, ({ metadata, metadataRoot }) => {
      const [first, second] = [metadata, metadataRoot].filter(
        (answer) => answer.answered && answer.status === 200 && isPage(answer),
      );
      if (first === undefined) return found();
      const also = second === undefined ? '' : `, and at ${new URL(second.url).pathname} too`;
      return found({
        subject: { url: first.url },
        actual: `${summary(first)}${also}`,
        expected: '200 with a JSON document, or 404',
      });
    }),
});
