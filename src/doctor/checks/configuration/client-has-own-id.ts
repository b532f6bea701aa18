import { kindOfIdentifier } from '../../../scalekit/index.ts';
import { type Check, withClients } from '../../check.ts';
import { found } from '../../model.ts';

/** Facts: Scalekit, documented failure 13: the environment's id is no OAuth client for MCP clients. */
export const clientHasOwnId: Check = {
  code: 'SKM144',
  run: (facts) =>
    withClients(facts, (clients, endpoint) =>
      found(
        ...clients.flatMap(({ file, line, url, clientId }) => {
          const isOurs = new URL(url).origin === new URL(endpoint).origin;
          const kind = clientId === undefined ? undefined : kindOfIdentifier(clientId);
          if (!isOurs || clientId === undefined || kind === undefined || clientId.startsWith('m2m_'))
            return [];
          return [
            {
              subject: { file, line },
              actual: `${clientId}, which is ${kind}`,
              expected: 'no client id: the client registers itself',
            },
          ];
        }),
      ),
    ),
};
