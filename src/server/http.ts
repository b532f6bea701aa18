// HTTP: what is served where, and what a request has to pass, in this order, before the protocol sees it.
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Access } from './access.ts';
import { readMessage } from './body.ts';
import { Exchange } from './exchange.ts';
import { tooMany } from './gate.ts';
import { KeysUnavailable } from './keys.ts';
import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import type { McpEndpoint, McpRequest } from './mcp.ts';
import { OriginPolicy, preflightHeaders } from './origin.ts';
import { InvalidToken, type ScalekitProvider } from './provider.ts';
import { Refusal } from './refusal.ts';

export interface HttpOptions {
  readonly name: string;
  readonly auth: ScalekitProvider;
  readonly mcp: McpEndpoint;
  readonly limits: Limits;
  readonly log: Log;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: number;
}

type Route = (exchange: Exchange) => void | Promise<void>;

const json = { 'content-type': 'application/json' };
/** For scripts of every origin. */
const open = { 'access-control-allow-origin': '*' };

export function createRequestListener(options: HttpOptions): RequestListener {
  const { auth, name } = options;
  const metadata = document(auth.metadata(name), open);
  const authorizationServer: Route = async (exchange) =>
    await sendDocument(exchange, await auth.authorizationServer.load(), open);
  const health = document({ status: 'ok' });
  const ready: Route = async (exchange) => {
    await auth.keys.load();
    await health(exchange);
  };
  // Exact paths, as they were sent: `//mcp`, `/MCP`, `/mcp/` and `/%6dcp` are other paths, and nothing is there.
  const routes = new Map<string, Route>([
    ['/.well-known/oauth-protected-resource', metadata],
    [auth.metadataUrl.pathname, metadata],
    ['/.well-known/oauth-authorization-server', authorizationServer],
    ['/healthz', health],
    [new URL('healthz', auth.endpoint).pathname, health],
    ['/readyz', ready],
    [new URL('readyz', auth.endpoint).pathname, ready],
    [auth.endpoint.pathname, mcpRoute(options)],
  ]);
  return async (req, res) => {
    const exchange = new Exchange(req, res);
    const route = routes.get(exchange.path) ?? notFound(auth);
    try {
      await route(exchange);
    } catch (error) {
      await refuse(exchange, error, options).catch(() => res.destroy());
    }
  };
}

/** A JSON document that anyone may read. */
function document(content: object, headers: Record<string, string> = {}): Route {
  const body = JSON.stringify(content);
  return async (exchange) => await sendDocument(exchange, body, headers);
}

async function sendDocument(
  exchange: Exchange,
  body: string,
  headers: Record<string, string>,
): Promise<void> {
  const { method } = exchange.req;
  if (method === 'OPTIONS') {
    return await exchange.send(204, {
      ...headers,
      allow: 'GET, HEAD, OPTIONS',
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-allow-headers': '*',
    });
  }
  if (method !== 'GET' && method !== 'HEAD') throw notAllowed('GET, HEAD, OPTIONS');
  await exchange.send(200, { ...json, ...headers }, body);
}

function mcpRoute(options: HttpOptions): Route {
  const { auth, mcp } = options;
  const origins = new OriginPolicy({ ...options, mcpUrl: auth.endpoint });
  return async (exchange) => {
    const { req, id, onHangUp } = exchange;
    exchange.cors = origins.check(req);
    if (req.method === 'OPTIONS') return await exchange.send(204, preflightHeaders(req));
    const access = await authenticate(exchange, options);
    exchange.access = access;
    if (req.method !== 'POST') throw notAllowed('POST, OPTIONS');
    const message = await readMessage(req);
    const request: McpRequest = { id, access, message, headers: req.headers, onHangUp };
    const { status, headers, body } = await mcp.answer(request);
    // A refused tool call is answered in JSON-RPC by the SDK; HTTP says it, too.
    const refusal =
      request.refusal ?? (status >= 400 ? new Refusal(status, 'protocol', 'Invalid MCP request') : undefined);
    if (refusal) logRefusal(exchange, refusal, options);
    await exchange.send(refusal?.status ?? status, { ...headers, ...refusal?.headers }, body);
  };
}

async function authenticate(exchange: Exchange, options: HttpOptions): Promise<Access> {
  const { auth, limits, trustedProxies } = options;
  const token = bearerToken(exchange.req);
  if (token === undefined) {
    const headers = { 'www-authenticate': auth.challenge() };
    throw new Refusal(401, 'no_token', 'An access token is required', { headers });
  }
  try {
    return await auth.verify(token);
  } catch (cause) {
    if (cause instanceof KeysUnavailable) throw cause;
    // Unknown trouble is ours. A 401 would make the client throw a good token away.
    if (!(cause instanceof InvalidToken)) throw new KeysUnavailable(5, cause);
    const { reason, message } = cause;
    // An expired token was a good one. Whoever comes with it is no attacker, and needs the 401 to get another.
    const wait =
      reason === 'token_expired' ? undefined : await limits.refusedToken(exchange.address(trustedProxies));
    if (wait !== undefined) throw tooMany('refused_tokens_limit', 'Too many bad tokens', wait);
    const headers = { 'www-authenticate': auth.challenge({ code: 'invalid_token', description: message }) };
    throw new Refusal(401, reason, message, { headers, cause });
  }
}

/** @returns the token of the one `Authorization: Bearer` header (RFC 6750, section 2.1). */
function bearerToken({ headersDistinct, url = '' }: IncomingMessage): string | undefined {
  if (/[?&]access_token=/i.test(url)) {
    throw new Refusal(
      400,
      'token_in_url',
      'A token in a URL ends up in logs: send it in the Authorization header',
    );
  }
  const [header = '', second] = headersDistinct.authorization ?? [];
  if (second !== undefined) throw new Refusal(400, 'two_tokens', 'There are two Authorization headers');
  return /^bearer +(.*)$/i.exec(header)?.[1];
}

function notAllowed(allow: string): Refusal {
  return new Refusal(405, 'method', `Only ${allow} are allowed here`, { headers: { allow } });
}

function notFound({ endpoint }: ScalekitProvider): Route {
  return () => {
    throw new Refusal(404, 'not_found', `Nothing is here. The MCP endpoint is ${endpoint.href}`);
  };
}

async function refuse(exchange: Exchange, error: unknown, options: HttpOptions): Promise<void> {
  const { res, id } = exchange;
  // The client hung up, or has half of an answer: there is nothing more to say.
  if (res.destroyed || res.headersSent) return void res.destroy();
  const refusal = toRefusal(error);
  const { status, headers, code, message, reason } = refusal;
  if (!isProbe(exchange, refusal, options)) logRefusal(exchange, refusal, options);
  const body = { jsonrpc: '2.0', id: null, error: { code, message, data: { reason, requestId: id } } };
  await exchange.send(status, { ...json, ...headers }, JSON.stringify(body));
}

/**
 * Whether a client only looks how it has to speak: GET for a stream, DELETE for a session, HEAD or GET for the challenge.
 * Ordinary clients do so with each session, and 405 or 401 is the answer that they expect.
 */
function isProbe({ req, path }: Exchange, { reason }: Refusal, { auth }: HttpOptions): boolean {
  const isExpected = reason === 'method' || reason === 'no_token';
  return isExpected && path === auth.endpoint.pathname && /^(?:GET|HEAD|DELETE)$/.test(req.method ?? '');
}

function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof KeysUnavailable) {
    const headers = { 'retry-after': String(error.retryAfter) };
    return new Refusal(503, 'keys_unavailable', 'Tokens cannot be verified now', {
      headers,
      cause: error.cause,
    });
  }
  return new Refusal(500, 'internal_error', 'Internal error', { code: -32_603, cause: error });
}

/** One line a refused request. It has what identifies the request and nothing that would let somebody repeat it. */
function logRefusal(exchange: Exchange, refusal: Refusal, { log, trustedProxies }: HttpOptions): void {
  const { req, path, id, access } = exchange;
  const { status, reason, message, cause } = refusal;
  // A bad token can have a good signature. Then it is known whose it was.
  const claims = access?.user.claims ?? (cause instanceof InvalidToken ? cause.claims : {});
  log(status < 500 ? 'info' : 'error', 'refused', {
    reason,
    message,
    status,
    method: req.method,
    path,
    address: exchange.address(trustedProxies),
    clientId: claims.client_id,
    subject: claims.sub,
    requestId: id,
    ...(status >= 500 && cause instanceof Error && { stack: cause.stack }),
  });
}
