import type { Reply } from './small-server.ts';

/** Answers of what people put in front of servers: from its documentation, or as observed. */
export interface Front {
  readonly name: string;
  /** What it answers instead of the server; undefined if it hands the request on. */
  readonly answer: (path: string, headers: Readonly<Record<string, string | undefined>>) => Reply | undefined;
  /** What it does with the server's answer. */
  readonly change?: (headers: Record<string, string>) => Record<string, string>;
  /** The codes above advice, the cause first. */
  readonly codes: readonly string[];
  /** Words of the first finding: its fix, and its evidence. */
  readonly says: RegExp;
}

const page = (title: string, more = ''): string =>
  `<html><head><title>${title}</title></head><body><center><h1>${title}</h1></center>${more}</body></html>`;

/** Gives the same answer to every request. */
const always =
  (status: number, body: unknown, headers: Record<string, string> = {}): Front['answer'] =>
  () => ({ status, body, headers });

const text = { 'content-type': 'text/plain' };

export const fronts: readonly Front[] = [
  {
    name: 'AWS API Gateway renames WWW-Authenticate',
    answer: () => undefined,
    change: ({ 'www-authenticate': challenge, ...headers }) => ({
      ...headers,
      'x-amz-apigw-id': 'KQ3hGFgQIAMEv7g=',
      ...(challenge === undefined ? {} : { 'x-amzn-remapped-www-authenticate': challenge }),
    }),
    codes: ['SKM344'],
    says: /x-amzn-Remapped-WWW-Authenticate to WWW-Authenticate/,
  },
  {
    name: 'AWS API Gateway has no route there',
    answer: always(
      403,
      { message: 'Missing Authentication Token' },
      {
        'x-amzn-errortype': 'MissingAuthenticationTokenException',
        'x-amz-apigw-id': 'KQ3hGFgQIAMEv7g=',
      },
    ),
    codes: ['SKM303'],
    says: /route/,
  },
  {
    name: 'AWS API Gateway with an authorizer of its own',
    answer: always(
      401,
      { message: 'Unauthorized' },
      {
        'www-authenticate': 'Bearer',
        'apigw-requestid': 'KQ3hGFgQIAMEv7g=',
      },
    ),
    codes: ['SKM345'],
    says: /authorizer/,
  },
  {
    name: 'AWS API Gateway whose integration fails',
    answer: always(
      502,
      { message: 'Internal server error' },
      {
        'x-amzn-errortype': 'InternalServerErrorException',
      },
    ),
    codes: ['SKM347'],
    says: /integration/,
  },
  {
    name: 'AWS API Gateway whose integration does not answer',
    answer: always(504, { message: 'Endpoint request timed out' }, { 'apigw-requestid': 'a' }),
    codes: ['SKM347'],
    says: /integration/,
  },
  {
    name: 'AWS ALB without a healthy target',
    answer: always(503, page('503 Service Temporarily Unavailable'), { server: 'awselb/2.0' }),
    codes: ['SKM347'],
    says: /target group/,
  },
  {
    name: 'AWS ALB that signs people in',
    answer: always(302, undefined, {
      server: 'awselb/2.0',
      location: 'https://acme.auth.eu-west-1.amazoncognito.com/oauth2/authorize?client_id=1',
    }),
    codes: ['SKM345'],
    says: /authenticate-oidc/,
  },
  {
    name: 'Cloudflare that does not reach the origin',
    answer: always(522, page('Connection timed out | 522'), { server: 'cloudflare', 'cf-ray': '8' }),
    codes: ['SKM347'],
    says: /Tunnel/,
  },
  {
    name: 'Cloudflare without an address for the origin',
    answer: always(530, 'error code: 1016', { server: 'cloudflare', 'cf-ray': '8' }),
    codes: ['SKM347'],
    says: /Tunnel/,
  },
  {
    name: 'a bot check of Cloudflare’s',
    answer: always(403, page('Just a moment...'), {
      server: 'cloudflare',
      'cf-ray': '8',
      'cf-mitigated': 'challenge',
    }),
    codes: ['SKM337'],
    says: /Cloudflare|bot/,
  },
  {
    name: 'Vercel without that deployment',
    answer: always(404, 'The deployment could not be found on Vercel.\n\nDEPLOYMENT_NOT_FOUND\n', {
      ...text,
      server: 'Vercel',
      'x-vercel-error': 'DEPLOYMENT_NOT_FOUND',
      'x-vercel-id': 'fra1::1',
    }),
    codes: ['SKM347'],
    says: /deployment/,
  },
  {
    name: 'Vercel’s deployment protection',
    answer: always(401, page('Authentication Required', 'Vercel Authentication'), {
      server: 'Vercel',
      'x-vercel-id': 'fra1::1',
    }),
    codes: ['SKM345'],
    says: /Deployment Protection/,
  },
  {
    name: 'Heroku whose dyno is down',
    answer: always(503, page('Application Error'), { server: 'Heroku', via: '1.1 heroku-router' }),
    codes: ['SKM347'],
    says: /heroku logs/,
  },
  {
    name: 'Railway whose service does not answer',
    answer: always(
      502,
      { status: 'error', code: 502, message: 'Application failed to respond' },
      {
        server: 'railway-edge',
      },
    ),
    codes: ['SKM347'],
    says: /Railway/,
  },
  {
    name: 'Railway without a service under that name',
    answer: always(
      404,
      { status: 'error', code: 404, message: 'Application not found' },
      {
        server: 'railway-edge',
        'x-railway-fallback': 'true',
      },
    ),
    codes: ['SKM347'],
    says: /Railway/,
  },
  {
    name: 'Render whose service is down',
    answer: always(502, page('502'), { 'x-render-routing': 'no-server', 'rndr-id': '1' }),
    codes: ['SKM347'],
    says: /Render/,
  },
  {
    name: 'Fly.io whose machine does not listen',
    answer: always(502, undefined, {
      server: 'Fly/9 (2026-11-20)',
      via: '1.1 fly.io',
      'fly-request-id': '1',
    }),
    codes: ['SKM347'],
    says: /internal_port/,
  },
  {
    name: 'ngrok whose tunnel is down',
    answer: always(404, page('Tunnel not found', 'ERR_NGROK_3200'), { 'ngrok-error-code': 'ERR_NGROK_3200' }),
    codes: ['SKM347'],
    says: /ngrok http/,
  },
  {
    name: 'ngrok with nothing on the port',
    answer: always(502, page('ERR_NGROK_8012'), { 'ngrok-error-code': 'ERR_NGROK_8012' }),
    codes: ['SKM347'],
    says: /ngrok http/,
  },
  {
    name: 'Azure App Service’s own sign-in',
    answer: always(401, 'You do not have permission to view this directory or page.', {
      ...text,
      'www-authenticate':
        'Bearer realm="todo.azurewebsites.net" authorization_uri="https://login.windows.net/1/oauth2/authorize" resource_id="2"',
    }),
    codes: ['SKM345'],
    says: /App Service/,
  },
  {
    name: 'Google Cloud Run that lets only its own users call',
    answer: always(
      403,
      '<html><head><title>403 Forbidden</title></head><body><h1>Error: Forbidden</h1><h2>Your client does not have permission to get URL <code>/mcp</code> from this server.</h2></body></html>',
      { server: 'Google Frontend' },
    ),
    codes: ['SKM345'],
    says: /allUsers/,
  },
  {
    name: 'Google IAP',
    answer: always(401, 'Invalid IAP credentials: empty token', {
      ...text,
      'x-goog-iap-generated-response': 'true',
    }),
    codes: ['SKM345'],
    says: /iap=disabled/,
  },
  {
    name: 'Envoy without a healthy upstream',
    answer: always(503, 'no healthy upstream', { ...text, server: 'envoy' }),
    codes: ['SKM347'],
    says: /port_value/,
  },
  {
    name: 'Istio that refuses by its policy',
    answer: always(403, 'RBAC: access denied', { ...text, server: 'istio-envoy' }),
    codes: ['SKM337'],
    says: /AuthorizationPolicy/,
  },
  {
    name: 'Traefik without a route',
    answer: always(404, '404 page not found\n', text),
    codes: ['SKM303'],
    says: /path/,
  },
  {
    name: 'an ingress controller’s default backend',
    answer: always(404, 'default backend - 404', text),
    codes: ['SKM303'],
    says: /route/,
  },
  {
    name: 'Kong without a route',
    answer: always(404, { message: 'no Route matched with those values' }, { server: 'kong/3.9.0' }),
    codes: ['SKM303'],
    says: /route/,
  },
  {
    name: 'Kong that does not reach the server',
    answer: always(
      502,
      { message: 'An invalid response was received from the upstream server' },
      {
        server: 'kong/3.9.0',
      },
    ),
    codes: ['SKM347'],
    says: /Kong/,
  },
  {
    name: 'Apache that does not reach the server',
    answer: always(503, page('503 Service Unavailable'), { server: 'Apache/2.4.58 (Ubuntu)' }),
    codes: ['SKM347'],
    says: /ProxyPass/,
  },
  {
    name: 'IIS that does not reach the server',
    answer: always(
      502,
      page('502 - Web server received an invalid response while acting as a gateway or proxy server.'),
      {
        server: 'Microsoft-IIS/10.0',
      },
    ),
    codes: ['SKM347'],
    says: /IIS/,
  },
  {
    name: 'Varnish that does not reach the server',
    answer: always(503, page('503 Backend fetch failed', 'Guru Meditation'), {
      server: 'Varnish',
      via: '1.1 varnish',
    }),
    codes: ['SKM347'],
    says: /backend/,
  },
  {
    name: 'oauth2-proxy’s own page',
    answer: always(403, page('Sign In', '<button>Sign in with GitHub</button>')),
    codes: ['SKM345'],
    says: /without a login/,
  },
  {
    name: 'Authelia',
    answer: always(302, undefined, {
      location: 'https://auth.acme.example/?rd=https%3A%2F%2Fmcp.acme.example%2Fmcp',
    }),
    codes: ['SKM345'],
    says: /login/,
  },
  {
    name: 'a web site that answers everything with its page',
    answer: always(200, page('Acme')),
    codes: ['SKM303'],
    says: /path/,
  },
  {
    name: 'the metadata alone is not handed on',
    answer: (path) =>
      path.startsWith('/.well-known/')
        ? { status: 404, body: page('404 Not Found'), headers: { server: 'nginx/1.27.0' } }
        : undefined,
    codes: ['SKM308'],
    says: /\.well-known/,
  },
  {
    name: 'the metadata alone needs a password',
    answer: (path) =>
      path.startsWith('/.well-known/')
        ? {
            status: 401,
            body: page('401 Authorization Required'),
            headers: { server: 'nginx/1.27.0', 'www-authenticate': 'Basic realm="staging"' },
          }
        : undefined,
    codes: ['SKM311'],
    says: /\.well-known/,
  },
  {
    name: 'a page for everybody who is no browser (User-Agent)',
    answer: (_path, { 'user-agent': agent = '' }) =>
      agent.includes('Mozilla') ? undefined : { status: 403, body: page('Access denied') },
    codes: ['SKM337'],
    says: /User-Agent|bot|programs/,
  },
];
