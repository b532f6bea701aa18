import type { Headers, ProbeResult } from './probe.ts';

/** What may stand between a client and the server, how its answers are known, and the line that mends what it does. */
interface Intermediary {
  readonly name: string;
  /** Where its signature is documented, or how it was seen. */
  readonly source: string;
  readonly is: (headers: Headers, text: string) => boolean;
  /** What to write in its configuration, by what it does wrong. */
  readonly lines: Readonly<Partial<Record<Trouble, string>>>;
}

/** What an intermediary may do wrong. */
export type Trouble = 'host' | 'authorization' | 'upstream' | 'prefix' | 'scheme' | 'challenge' | 'login';

const serverIs = (pattern: RegExp) => (headers: Headers) => pattern.test(headers.server ?? '');

const access =
  'Zero Trust > Access > Applications: add a Bypass policy for this host’s /mcp and /.well-known/, or take the application away. The MCP server checks tokens itself.';

/** The first that fits counts: what stands further out comes before what it stands in front of. */
const table: readonly Intermediary[] = [
  {
    name: 'Cloudflare Access',
    source:
      'Cloudflare One docs, "Validate JWTs" and "Application paths": redirects to <team>.cloudflareaccess.com',
    is: (headers, text) =>
      /\.cloudflareaccess\.com|\/cdn-cgi\/access\//.test(`${headers.location ?? ''} ${text}`) ||
      /cloudflare-access/i.test(headers['www-authenticate'] ?? ''),
    lines: { login: access },
  },
  {
    name: 'Cloudflare',
    source:
      'Cloudflare docs, "HTTP headers": CF-Ray and Server: cloudflare on every answer; "Error 5xx": 520 to 526, 530',
    is: (headers) => headers['cf-ray'] !== undefined || /^cloudflare/i.test(headers.server ?? ''),
    lines: {
      upstream:
        'In DNS or Tunnel, point the name at the server’s address and port; cloudflared: service: http://localhost:<PORT>.',
      host: 'In Rules > Origin Rules, take the Host header override away; cloudflared: remove httpHostHeader.',
      authorization: 'In Rules > Transform Rules, take away the rule that removes the Authorization header.',
    },
  },
  {
    name: 'Vercel',
    source:
      'Vercel docs, "Response headers" (x-vercel-id, server) and "Deployment Protection" (401 with its sign-in page)',
    is: (headers) => headers['x-vercel-id'] !== undefined || /^vercel/i.test(headers.server ?? ''),
    lines: {
      login:
        'Project > Settings > Deployment Protection: switch Vercel Authentication off for this deployment, or use the production domain.',
      upstream: 'Check the deployment: x-vercel-error names what failed, and Vercel’s logs say why.',
    },
  },
  {
    name: 'Google IAP',
    source:
      'Google Cloud docs, "IAP: external identities and errors": x-goog-iap-generated-response, "Invalid IAP credentials"',
    is: (headers, text) =>
      headers['x-goog-iap-generated-response'] !== undefined || /Invalid IAP credentials/i.test(text),
    lines: {
      login:
        'Switch IAP off for this backend service (gcloud compute backend-services update <name> --iap=disabled): the MCP server checks tokens itself.',
    },
  },
  {
    name: 'Google’s load balancer',
    source: 'Google Cloud docs, "HTTP(S) load balancing: Via header": Via: 1.1 google',
    is: (headers) => /\bgoogle\b/i.test(headers.via ?? '') || /^Google Frontend/i.test(headers.server ?? ''),
    lines: { upstream: 'Check the backend service’s port and its health check (/healthz of the server).' },
  },
  {
    name: 'AWS API Gateway',
    source:
      'AWS docs, "API Gateway: important notes": WWW-Authenticate is remapped to x-amzn-Remapped-WWW-Authenticate',
    is: (headers) =>
      headers['x-amzn-remapped-www-authenticate'] !== undefined ||
      headers['x-amz-apigw-id'] !== undefined ||
      headers['apigw-requestid'] !== undefined ||
      headers['x-amzn-errortype'] !== undefined,
    lines: {
      challenge:
        'Map the header back in the method response: integration.response.header.x-amzn-Remapped-WWW-Authenticate to WWW-Authenticate, or put an HTTP API or a load balancer in its place.',
      upstream: 'Check the integration’s URL, and that the gateway reaches it (VPC link, security group).',
      authorization:
        'In the integration request, pass the Authorization header on, and take the gateway’s own authorizer away.',
      prefix:
        'The stage’s name is a part of the public path: put it into MCP_URL, and pass {proxy} on with it, or map a custom domain to the stage.',
    },
  },
  {
    name: 'AWS ALB',
    source: 'AWS docs, "Application Load Balancers: HTTP headers": Server: awselb/2.0 on its own answers',
    is: serverIs(/^awselb/i),
    lines: {
      upstream: 'In the target group, check the port and the health check: path /healthz, success code 200.',
      login: 'Take the rule’s authenticate-oidc (or -cognito) action away for /mcp and /.well-known/*.',
    },
  },
  {
    name: 'CloudFront',
    source: 'AWS docs, "CloudFront response headers": X-Amz-Cf-Id, Server: CloudFront',
    is: (headers) => headers['x-amz-cf-id'] !== undefined || /^cloudfront/i.test(headers.server ?? ''),
    lines: {
      host: 'Use the origin request policy AllViewer, so that the Host header reaches the server.',
      authorization:
        'Use the origin request policy AllViewer, so that the Authorization header reaches the server.',
      upstream: 'Check the origin’s domain name, port and protocol policy.',
    },
  },
  {
    name: 'ngrok',
    source: 'ngrok docs, "Error codes": the header ngrok-error-code',
    is: (headers, text) => headers['ngrok-error-code'] !== undefined || /\bERR_NGROK_\d+/.test(text),
    lines: { upstream: 'Start the tunnel at the port that the server listens on: ngrok http <PORT>.' },
  },
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

/** What to do where nobody knows what stands in front. */
const anywhere: Readonly<Record<Trouble, string>> = {
  host: 'Let the proxy hand on the Host that it was asked for (nginx: proxy_set_header Host $host;).',
  authorization:
    'Let the proxy hand on the Authorization header (nginx: proxy_set_header Authorization $http_authorization;).',
  upstream: 'Start the server, and point the proxy at the port that it listens on.',
  prefix: 'Let the proxy hand on the whole path, or set MCP_URL to a URL without the prefix.',
  scheme: 'Let the proxy say X-Forwarded-Proto: https, and the server believe it.',
  challenge: 'Let the gateway hand on WWW-Authenticate under its own name.',
  login:
    'Let /mcp and /.well-known/ through without a login: the MCP server checks tokens itself, and programs cannot sign in on a page.',
};

/** @returns the words of a body, e.g. of an error page. */
export function textOf(answer: ProbeResult): string {
  if (!answer.answered) return '';
  const { body } = answer;
  if (body.kind === 'empty') return '';
  return body.kind === 'json' ? JSON.stringify(body.value) : body.excerpt;
}

function intermediaryOf(answer: ProbeResult): Intermediary | undefined {
  if (!answer.answered) return undefined;
  const text = textOf(answer);
  return table.find(({ is }) => is(answer.headers, text));
}

/** @returns the name of what answered in place of the server, or handed its answer on; undefined where it cannot be told. */
export function whoAnswered(...answers: readonly ProbeResult[]): string | undefined {
  return answers.map(intermediaryOf).find((known) => known !== undefined)?.name;
}

/** @returns what to write in the configuration of whatever stands in front, and its port where that is known. */
export function lineFor(trouble: Trouble, answers: readonly ProbeResult[], port?: number): string {
  const known = answers.map(intermediaryOf).find((each) => each?.lines[trouble] !== undefined);
  const line = known?.lines[trouble] ?? anywhere[trouble];
  return port === undefined ? line : line.replaceAll('<PORT>', String(port));
}

/** For the documentation: each by its name, and where its signature is from. */
export const intermediaries: ReadonlyArray<Pick<Intermediary, 'name' | 'source'>> = table;
