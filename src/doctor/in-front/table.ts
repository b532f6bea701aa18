import { clouds } from './clouds.ts';
import { proxies } from './proxies.ts';
import type { Intermediary, Trouble } from './types.ts';

/** The first match counts, so what is further from the server comes before what is behind it. */
export const intermediaries: readonly Intermediary[] = [...clouds, ...proxies];

/** What to do if it is unknown what is in front. */
export const anywhere: Readonly<Record<Trouble, string>> = {
  host: 'Let the proxy hand on the Host that it was asked for (nginx: proxy_set_header Host $host;).',
  authorization:
    'Let the proxy hand on the Authorization header (nginx: proxy_set_header Authorization $http_authorization;).',
  upstream: 'Start the server, and point the proxy at the port that it listens on.',
  prefix: 'Let the proxy hand on the whole path, or set MCP_URL to a URL without the prefix.',
  scheme: 'Let the proxy say X-Forwarded-Proto: https, and the server believe it.',
  policy:
    'Make an exception for /mcp and /.well-known/ in the firewall or bot check: MCP clients are programs, with a User-Agent of their own and no page to click in.',
  route: 'Check the URL, path included: usually it ends in /mcp. If it is right, see what listens there.',
  challenge: 'Let the gateway pass on WWW-Authenticate under its own name.',
  login:
    'Let /mcp and /.well-known/ through without a login: the MCP server checks tokens itself, and programs cannot sign in on a page.',
};
