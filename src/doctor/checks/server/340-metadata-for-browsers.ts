import { defineCheck, withServer } from '../../check.ts';
import { corsOf } from '../../cors.ts';
import { corsLine, inFramework } from '../../frameworks.ts';
import { found, passed, skipped } from '../../model.ts';
import { objectOf } from '../../reading.ts';

/** docs/mcp.md#clients, "Metadata is mounted before the Origin check, with open CORS" (documented failure 15). */
export default defineCheck({
  code: 'SKM340',
  level: 'advice',
  side: 'code',
  holds: 'Clients that run in a browser can read the metadata',
  title: 'Clients that run in a browser cannot read the metadata',
  why: 'A browser hides the document from the page unless the server allows it.',
  fix: 'Send Access-Control-Allow-Origin: * with the metadata: it contains nothing secret.',
  run: (facts) =>
    withServer(facts, ({ metadata, metadataFromBrowser, browserOrigin }) => {
      if (!objectOf(metadata)) return skipped('There is no metadata at this place');
      if (objectOf(metadataFromBrowser) && corsOf(metadataFromBrowser).allows(browserOrigin)) return passed();
      return found({
        subject: { url: metadata.url },
        ...inFramework(facts, corsLine),
        actual: 'no Access-Control-Allow-Origin',
        expected: 'Access-Control-Allow-Origin: *',
      });
    }),
});
