import { defineCheck, withServer } from '../../check.ts';
import { found } from '../../model.ts';
import { isGuarded, summary } from '../../reading.ts';

/** docs/scalekit.md#documented-failures, 7: blocked by the server's own authentication. */
export default defineCheck({
  code: 'SKM311',
  level: 'error',
  side: 'code',
  holds: 'The server’s metadata is open to everyone',
  title: 'The server asks for a token before it shows its metadata',
  why: 'Clients read the metadata to find out where to get a token. They do not have one yet.',
  fix: 'Serve /.well-known/oauth-protected-resource before the code that checks tokens.',
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
});
