import { defineCheck, withServer } from '../../check.ts';
import { found, passed } from '../../model.ts';
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
    withServer(facts, ({ metadata, metadataRoot }) => {
      const [first, other] = [metadata, metadataRoot].filter(isGuarded);
      if (first === undefined) return passed();
      const too = other === undefined ? '' : `, and at ${new URL(other.url).pathname} too`;
      return found({
        subject: { url: first.url },
        actual: `${summary(first)}${too}`,
        expected: '200 without a token',
      });
    }),
});
