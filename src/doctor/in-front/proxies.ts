import { type Intermediary, serverIs } from './types.ts';

/** What a company runs itself. */
export const proxies: readonly Intermediary[] = [
  {
    name: 'an OAuth login proxy',
    source:
      'oauth2-proxy docs, "Endpoints": /oauth2/start, /oauth2/sign_in; Authelia and Authentik docs, forward auth',
    is: ({ location = '' }) =>
      /\/oauth2\/(?:start|sign_in)|authelia|\/outpost\.goauthentik\.io\//i.test(location),
    lines: {
      login:
        'Let /mcp and /.well-known/ through without a session (oauth2-proxy: --skip-auth-route="^/(mcp|\\.well-known/)").',
    },
  },
  {
    name: 'Envoy',
    source:
      'Envoy docs, "HTTP header manipulation": server: envoy; seen: "upstream connect error", "no healthy upstream"',
    is: (headers, text) =>
      /^(?:istio-)?envoy/i.test(headers.server ?? '') ||
      /upstream connect error|no healthy upstream/i.test(text),
    lines: {
      upstream: 'Check the cluster’s endpoints (address and port_value) and its health checks.',
      host: 'Remove host_rewrite_literal (or auto_host_rewrite) from the route.',
      authorization:
        'Remove authorization from request_headers_to_remove, or set forward: true in jwt_authn.',
      prefix: 'Remove prefix_rewrite from the route.',
      policy:
        'Allow /mcp and /.well-known/* in the AuthorizationPolicy (Istio), or in the RBAC filter of the route: “RBAC: access denied” is its answer.',
    },
  },
  {
    name: 'Kong',
    source:
      'Kong docs, "Proxying traffic": Server: kong/…, Via: kong/…, “no Route matched with those values”',
    is: (headers, text) =>
      /\bkong\//i.test(`${headers.server ?? ''} ${headers.via ?? ''}`) ||
      /no Route matched with those values/.test(text),
    lines: {
      upstream: 'In Kong, check the service’s host and port: url: http://127.0.0.1:<PORT>',
      prefix: 'In Kong, set strip_path: false on the route.',
      host: 'In Kong, set preserve_host: true on the route.',
      route: 'In Kong, add a route whose paths have /mcp and /.well-known, with strip_path: false.',
    },
  },
  {
    name: 'Varnish',
    source:
      'Varnish docs, "VCL synthetic responses": Via: … varnish; “Backend fetch failed”, “Guru Meditation”',
    is: (headers, text) =>
      /varnish/i.test(`${headers.server ?? ''} ${headers.via ?? ''}`) || /Guru Meditation/.test(text),
    lines: {
      upstream: 'In the VCL: backend default { .host = "127.0.0.1"; .port = "<PORT>"; }',
      authorization: 'In vcl_recv: return (pass) for /mcp, and no unset req.http.Authorization.',
    },
  },
  {
    name: 'IIS',
    source: 'Microsoft Learn, "Application Request Routing": Server: Microsoft-IIS/…, its 502 pages',
    is: serverIs(/^microsoft-iis/i),
    lines: {
      upstream: 'In IIS’s URL Rewrite rule: <action type="Rewrite" url="http://127.0.0.1:<PORT>/{R:1}" />',
      host: 'In IIS’s Application Request Routing: preserveHostHeader="true".',
    },
  },
  {
    name: 'the ingress controller',
    source: 'Kubernetes docs, "Ingress: default backend": “default backend - 404”',
    is: (_headers, text) => /^default backend - 404/.test(text),
    lines: {
      route:
        'In the Ingress, add a route (rule) for this host with path: / and pathType: Prefix to the server’s Service.',
    },
  },
  {
    name: 'Caddy',
    source: 'Caddy docs, "reverse_proxy": Via: 1.1 Caddy; its own answers say Server: Caddy',
    is: (headers) => /^caddy/i.test(headers.server ?? '') || /\bcaddy\b/i.test(headers.via ?? ''),
    lines: {
      upstream: 'In the Caddyfile: reverse_proxy 127.0.0.1:<PORT>',
      host: 'Remove header_up Host from reverse_proxy; Caddy hands the Host on by itself.',
      authorization: 'Remove header_up -Authorization (or request_header -Authorization) from the Caddyfile.',
      prefix:
        'Use handle /team/* in place of handle_path, which takes the prefix off; or MCP_URL without it.',
      login: 'Take basic_auth or forward_auth away for /mcp and /.well-known/*.',
    },
  },
  {
    name: 'nginx',
    source:
      'nginx docs, ngx_http_core_module "server_tokens": Server: nginx, and the same name on its error pages',
    is: (headers, text) =>
      /^(?:nginx|openresty)/i.test(headers.server ?? '') || /\bnginx(?:\/[\d.]+)?\s*$/.test(text),
    lines: {
      upstream: 'In nginx: proxy_pass http://127.0.0.1:<PORT>;',
      host: 'In nginx: proxy_set_header Host $host;',
      authorization:
        'In nginx: proxy_set_header Authorization $http_authorization; and no line that empties it.',
      prefix:
        'In nginx: proxy_pass http://127.0.0.1:<PORT>; without a slash behind the port, which takes the location’s prefix off.',
      scheme: 'In nginx: proxy_set_header X-Forwarded-Proto $scheme;',
      login: 'In nginx: auth_basic off; (or no auth_request) for /mcp and /.well-known/.',
    },
  },
  {
    name: 'HAProxy',
    source: 'HAProxy manual, "errorfile": its built-in 502, 503 and 504 pages, word for word',
    is: (_headers, text) =>
      /No server is available to handle this request|The server returned an invalid or incomplete response|The server didn't respond in time/i.test(
        text,
      ),
    lines: {
      upstream: 'In HAProxy’s backend: server mcp 127.0.0.1:<PORT> check',
      host: 'Remove http-request set-header Host from the frontend and the backend.',
      authorization: 'Remove http-request del-header Authorization.',
      prefix: 'Remove http-request replace-path (or set-path) from the frontend and the backend.',
    },
  },
  {
    name: 'Traefik',
    source: 'Traefik source, pkg/proxy: Go’s status text alone as the body',
    is: (_headers, text) =>
      /^(?:Bad Gateway|Gateway Timeout|Service Unavailable|no available server)\s*$/.test(text),
    lines: {
      upstream: 'Check the service’s port: traefik.http.services.<name>.loadbalancer.server.port=<PORT>',
    },
  },
  {
    name: 'Apache',
    source: 'Apache docs, "ServerTokens": Server: Apache',
    is: serverIs(/^apache/i),
    lines: {
      upstream: 'In Apache: ProxyPass "/mcp" "http://127.0.0.1:<PORT>/mcp"',
      host: 'In Apache: ProxyPreserveHost On',
      authorization:
        'In Apache: SetEnvIf Authorization "(.*)" HTTP_AUTHORIZATION=$1, and no RequestHeader unset Authorization.',
    },
  },
];
