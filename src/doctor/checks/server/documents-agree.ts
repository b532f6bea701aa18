import { type Check, withServer } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { objectOf } from '../../reading.ts';

const compared = ['resource', 'authorization_servers', 'scopes_supported'] as const;

export const documentsAgree: Check = {
  code: 'SKM318',
  run: (facts) =>
    withServer(facts, ({ metadata, metadataRoot }) => {
      const [atPath, atRoot] = [objectOf(metadata), objectOf(metadataRoot)];
      if (atPath === undefined || atRoot === undefined) return skipped('There are not two of them');
      const different = compared.filter(
        (name) => JSON.stringify(atPath[name]) !== JSON.stringify(atRoot[name]),
      );
      if (different.length === 0) return passed();
      return found({
        subject: { url: metadataRoot.url },
        actual: different.map((name) => `${name}: ${JSON.stringify(atRoot[name])}`).join('; '),
        expected: different.map((name) => `${name}: ${JSON.stringify(atPath[name])}`).join('; '),
      });
    }),
};
