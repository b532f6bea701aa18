import { isLoopback } from '../../../scalekit/index.ts';
import { defineCheck, withFact } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { authorizationMetadata, isPage, summary } from '../../reading.ts';

/** The local Scalekit has no dashboard: it reads the settings when it starts. */
const local = {
  side: 'machine',
  fix: 'Start the local Scalekit again (npm run dev, or npx scalekit-mcp emulate): it reads SCALEKIT_RESOURCE_ID from .env when it starts.',
} as const;

/** docs/scalekit.md#documented-failures, 1: the resource id is not one of this environment. */
export default defineCheck({
  code: 'SKM204',
  level: 'error',
  side: 'env',
  holds: 'Scalekit knows this MCP server',
  title: 'Scalekit does not know this MCP server',
  why: 'Clients learn where to sign in from a document that Scalekit keeps for each resource id. For yours there is none, so no client can sign in.',
  fix: 'Copy the resource id (res_…) from Scalekit’s dashboard > MCP Servers > your server into SCALEKIT_RESOURCE_ID, and make sure that SCALEKIT_ENVIRONMENT_URL is the same environment’s.',
  run: ({ scalekit }) =>
    withFact(scalekit, (facts) => {
      const { metadata, metadataAppended } = facts;
      if (authorizationMetadata(facts)) return passed();
      if (!metadata.answered && !metadataAppended.answered) return skipped('It does not answer');
      if (isPage(metadata)) return skipped('A web page is answered');
      return found({
        subject: { variable: 'SCALEKIT_RESOURCE_ID', url: metadata.url },
        actual: summary(metadata),
        expected: '200 with a JSON document',
        ...(isLoopback(new URL(facts.issuer)) ? local : {}),
      });
    }),
});
