import { type Check, withClients } from '../../check.ts';
import { found } from '../../model.ts';

/** Facts: Scalekit, documented failure 6. */
export const clientAsksEndpoint: Check = {
  code: 'SKM142',
  run: (facts) =>
    withClients(facts, (clients, endpoint) =>
      found(
        ...clients
          .filter(({ url }) => new URL(url).origin === new URL(endpoint).origin && url !== endpoint)
          .map(({ file, line, url, name }) => ({
            subject: { file, line, url },
            actual: `${name}: ${url}`,
            expected: endpoint,
            edits: [
              {
                kind: 'replace',
                file,
                before: JSON.stringify(url),
                after: JSON.stringify(endpoint),
              } as const,
            ],
          })),
      ),
    ),
};
