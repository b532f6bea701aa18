import { type Check, withServer } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { corsOf, objectOf } from '../../reading.ts';

/** Facts: MCP, "Metadata is mounted before the Origin check, with open CORS" (documented failure 15). */
export const metadataForBrowsers: Check = {
  code: 'SKM340',
  run: (facts) =>
    withServer(facts, ({ metadata, metadataFromBrowser, browserOrigin }) => {
      if (!objectOf(metadata)) return skipped('There is no metadata at this place');
      if (objectOf(metadataFromBrowser) && corsOf(metadataFromBrowser).allows(browserOrigin)) return passed();
      return found({
        subject: { url: metadata.url },
        actual: 'no Access-Control-Allow-Origin',
        expected: 'Access-Control-Allow-Origin: *',
      });
    }),
};
