import { defineCheck, withServer } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { objectOf } from '../../reading.ts';

const compared = ['resource', 'authorization_servers', 'scopes_supported'] as const;

export default defineCheck({
  code: 'SKM318',
  level: 'warning',
  side: 'code',
  holds: 'The server says the same at both places of its metadata',
  title: 'The server says different things at the two places of its metadata',
  why: 'Some clients read the one and some the other, so it works for some people only.',
  fix: 'Serve one and the same document at both.',
  run: (facts) =>
    withServer(facts, ({ metadata, metadataRoot }) => {
      const [atPath, atRoot] = [objectOf(metadata), objectOf(metadataRoot)];
      if (atPath === undefined || atRoot === undefined) return skipped('There are not two of them');
      // RFC 9728: the document at the root may be about the host itself, as long as the rest is the same.
      const isOwn =
        atRoot.resource === new URL(metadataRoot.url).origin ||
        atRoot.resource === `${new URL(metadataRoot.url).origin}/`;
      const different = compared.filter(
        (name) =>
          !(name === 'resource' && isOwn) && JSON.stringify(atPath[name]) !== JSON.stringify(atRoot[name]),
      );
      if (different.length === 0) return passed();
      return found({
        subject: { url: metadataRoot.url },
        actual: different.map((name) => `${name}: ${JSON.stringify(atRoot[name])}`).join('; '),
        expected: different.map((name) => `${name}: ${JSON.stringify(atPath[name])}`).join('; '),
      });
    }),
});
