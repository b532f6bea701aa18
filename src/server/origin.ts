// Host and Origin: this server answers under its own name, and to the web pages that may call it (CORS).
import { isLoopback, isUrl } from '../scalekit/urls.ts';
import { type Incoming, valuesOf } from './exchange.ts';
import { Refusal } from './refusal.ts';

export interface OriginOptions {
  readonly mcpUrl: URL;
  /** Further host names, for a proxy that does not pass the public one on. */
  readonly allowedHosts: readonly string[];
  /** Further origins of web pages, such as `https://app.example.com`. */
  readonly allowedOrigins: readonly string[];
}

const loopbackHosts = ['localhost', '127.0.0.1', '[::1]'];
/** The headers that MCP clients send, which web pages may therefore send, too. */
const allowedHeaders = [
  'authorization',
  'content-type',
  'accept',
  'last-event-id',
  'mcp-protocol-version',
  'mcp-method',
  'mcp-name',
  'mcp-session-id',
];
const exposedHeaders = 'WWW-Authenticate, Retry-After, MCP-Protocol-Version, Mcp-Session-Id';

export class OriginPolicy {
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  readonly #local: boolean;

  constructor({ mcpUrl, allowedHosts, allowedOrigins }: OriginOptions) {
    this.#local = isLoopback(mcpUrl);
    const hosts = [mcpUrl.hostname, ...(this.#local ? loopbackHosts : []), ...allowedHosts];
    this.#hosts = new Set(hosts.map(hostnameOf).filter((name) => name !== ''));
    this.#origins = new Set([mcpUrl.origin, ...allowedOrigins]);
  }

  /**
   * Refuses what a web page does through a name that it made point here (DNS rebinding), or from a place that nobody
   * allowed. Programs other than browsers send no Origin.
   * @param authority the host of a request target in absolute form, if it is one: the Host header does not count then.
   * @returns the CORS headers that belong on every answer to this request.
   */
  check(req: Incoming, authority?: string): Record<string, string> {
    const [host = '', secondHost] = valuesOf(req, 'host');
    if (secondHost !== undefined) throw new Refusal(400, 'two_hosts', 'There are two Host headers');
    if (!this.#hosts.has(hostnameOf(authority ?? host))) {
      throw new Refusal(
        403,
        'foreign_host',
        'The Host is not that of MCP_URL; allow others with ALLOWED_HOSTS',
      );
    }
    const [origin, secondOrigin] = valuesOf(req, 'origin');
    if (origin === undefined) return {};
    if (secondOrigin !== undefined || !this.#allows(origin)) {
      throw new Refusal(
        403,
        'foreign_origin',
        'The Origin is not that of MCP_URL; allow others with ALLOWED_ORIGINS',
      );
    }
    return {
      'access-control-allow-origin': origin,
      'access-control-expose-headers': exposedHeaders,
      vary: 'Origin',
    };
  }

  #allows(origin: string): boolean {
    if (this.#origins.has(origin)) return true;
    // On a developer's machine: the MCP Inspector and other pages that are served from it, on whatever port.
    return this.#local && /^https?:\/\//.test(origin) && isUrl(origin) && isLoopback(new URL(origin));
  }
}

/** The answer to a browser that asks what it may send (a preflight). `mcp-param-*` is open-ended, hence no fixed list. */
export function preflightHeaders({ headers }: Incoming): Record<string, string> {
  const asked = headers['access-control-request-headers']?.toLowerCase().split(/[\s,]+/) ?? [];
  const parameters = asked.filter((name) => /^mcp-param-[\w-]+$/.test(name));
  return {
    allow: 'POST, OPTIONS',
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': [...allowedHeaders, ...parameters].join(', '),
    'access-control-max-age': '7200',
  };
}

/** Without the port, and without the dot that says that a name is complete. */
function hostnameOf(host: string): string {
  const [, v6, name = ''] = /^(?:(\[[\da-f:.]+\])|([^:[\]@/\\?#\s]+?)\.?)(?::\d{1,5})?$/i.exec(host) ?? [];
  return (v6 ?? name).toLowerCase();
}
