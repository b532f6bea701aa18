import { type Check, withResourceMetadata } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { strings } from '../../reading.ts';

/** MCP 2025-06-18: the metadata names at least one authorization server. */
export const namesAuthorizationServer: Check = {
  code: 'SKM316',
  run: (facts) =>
    withResourceMetadata(facts, ({ authorization_servers: servers }, { metadata }) =>
      strings(servers).length > 0
        ? passed(strings(servers)[0])
        : found({
            subject: { url: metadata.url },
            actual: JSON.stringify(servers) ?? 'no authorization_servers',
            expected: 'a list with the URL of your Scalekit authorization server',
          }),
    ),
};
