import { type Intermediary, serverIs } from './types.ts';

const access =
  'Zero Trust > Access > Applications: add a Bypass policy for this host’s /mcp and /.well-known/, or remove the application. The MCP server checks tokens itself.';

/** What a company rents: networks, clouds, hosts, tunnels. Those further from the server come first. */
export const clouds: readonly Intermediary[] = [
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
      host: 'In Rules > Origin Rules, remove the Host header override; cloudflared: remove httpHostHeader.',
      authorization: 'In Rules > Transform Rules, delete the rule that removes the Authorization header.',
      policy:
        'In Security > WAF > Custom rules, add a rule with the action Skip for /mcp and /.well-known/ (bots and managed challenges included).',
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
    name: 'Google Cloud Run',
    source: 'Google Cloud docs, "Allowing public (unauthenticated) access": 403 with these words',
    is: (_headers, text) => /Your client does not have permission to get URL/i.test(text),
    lines: {
      login:
        'Allow everybody to call the service: gcloud run services add-iam-policy-binding <name> --member=allUsers --role=roles/run.invoker. The MCP server checks tokens itself.',
    },
  },
  {
    name: 'Google’s load balancer',
    source: 'Google Cloud docs, "HTTP(S) load balancing: Via header": Via: 1.1 google',
    is: (headers) => /\bgoogle\b/i.test(headers.via ?? '') || /^Google Frontend/i.test(headers.server ?? ''),
    lines: { upstream: 'Check the backend service’s port and its health check (/healthz of the server).' },
  },
  {
    name: 'Azure App Service',
    source:
      'Microsoft Learn, "Authentication and authorization in Azure App Service": its 401 names authorization_uri',
    is: (headers) => /\bauthorization_uri=/i.test(headers['www-authenticate'] ?? ''),
    lines: {
      login:
        'App Service > Authentication: set “Restrict access” to “Allow unauthenticated access”, or remove the identity provider. The MCP server checks tokens itself.',
    },
  },
  {
    name: 'Heroku',
    source:
      'Heroku Dev Center, "HTTP routing" and "Error codes": Via: … heroku-router, its page “Application Error”',
    is: (headers) => /heroku/i.test(`${headers.server ?? ''} ${headers.via ?? ''}`),
    lines: {
      upstream:
        'Read heroku logs --tail: H10 is a program that has ended, H14 that none runs. It has to listen on the PORT that Heroku sets.',
    },
  },
  {
    name: 'Railway',
    source: 'Railway docs, "Application failed to respond": Server: railway-edge, X-Railway-Fallback',
    is: (headers) => /^railway/i.test(headers.server ?? '') || headers['x-railway-fallback'] !== undefined,
    lines: {
      upstream:
        'At Railway, see the deployment’s log. The program has to listen on 0.0.0.0 (HOST) and the PORT that Railway sets, which is also the target port of the domain.',
    },
  },
  {
    name: 'Render',
    source: 'Render docs, "Troubleshooting deploys", 502: x-render-routing: no-server',
    is: (headers) => headers['x-render-routing'] !== undefined || headers['rndr-id'] !== undefined,
    lines: {
      upstream:
        'At Render, see the service’s log. The program has to listen on 0.0.0.0 (HOST) and the PORT that Render sets.',
    },
  },
  {
    name: 'Fly.io',
    source: 'Fly.io docs, "Request headers": fly-request-id, Server: Fly/…',
    is: (headers) => headers['fly-request-id'] !== undefined || /^fly\//i.test(headers.server ?? ''),
    lines: {
      upstream:
        'In fly.toml, internal_port has to be the server’s port; the program has to listen on 0.0.0.0 (HOST). fly logs says more.',
    },
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
      login:
        'Remove the authorizer from the routes /mcp and /.well-known/* (authorization: NONE): it answers before the MCP server, which checks tokens itself.',
      route:
        'API Gateway says “Missing Authentication Token” if it has no such route: add one for this path ({proxy+} for all), and mind the stage’s name in the URL.',
      policy:
        'Let the resource policy, the API key setting and AWS WAF pass calls to /mcp and /.well-known/*.',
      authorization:
        'In the integration request, pass the Authorization header on, and remove the gateway’s own authorizer.',
      prefix:
        'The stage’s name is part of the public path: put it into MCP_URL, and pass {proxy} on with it, or map a custom domain to the stage.',
    },
  },
  {
    name: 'AWS ALB',
    source: 'AWS docs, "Application Load Balancers: HTTP headers": Server: awselb/2.0 on its own answers',
    is: serverIs(/^awselb/i),
    lines: {
      upstream: 'In the target group, check the port and the health check: path /healthz, success code 200.',
      login: 'Remove the rule’s authenticate-oidc (or -cognito) action for /mcp and /.well-known/*.',
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
];
