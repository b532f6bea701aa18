import { defineCheck, withServer } from '../../check.ts';
import { inFramework, rootMetadataLine } from '../../frameworks.ts';
import { metadataIn } from './309-metadata-at-path.ts';

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
    withServer(facts, ({ metadataRoot }) =>
      metadataIn(metadataRoot, () => inFramework(facts, rootMetadataLine)),
    ),
});
