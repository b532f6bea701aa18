import { kindOfIdentifier } from '../../../scalekit/index.ts';
import { defineCheck, withClients } from '../../check.ts';
import { found } from '../../model.ts';

/** docs/scalekit.md#documented-failures, 13: MCP clients cannot use the environment's id as their OAuth client. */
export default defineCheck({
  code: 'SKM144',
  level: 'error',
  side: 'client',
  holds: 'No client is configured with a client id that is not its own',
  title: 'A client is configured with a client id that is not a client’s',
  why: 'Scalekit answers “unable to retrieve client by id”: the environment’s own id is not for MCP clients, which register themselves.',
  fix: 'Remove the client id from the client’s configuration; leave such fields empty in the MCP Inspector too.',
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
});
