import { defineCheck, withResourceMetadata } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { strings } from '../../reading.ts';

/** MCP 2025-06-18: the metadata names at least one authorization server. */
export default defineCheck({
  code: 'SKM316',
  level: 'error',
  side: 'code',
  holds: 'The server’s metadata says who signs people in',
  title: 'The server’s metadata does not say who signs people in',
  why: 'Without "authorization_servers" a client does not know where to send its user.',
  fix: 'List your Scalekit authorization server, https://<environment>/resources/res_…, in "authorization_servers".',
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
});
