// HTTP: what is served where, and what a request has to pass, in this order, before the protocol sees it.
import type { RequestListener } from 'node:http';
import type { Access } from './access.ts';
import { readMessage } from './body.ts';
import { Exchange, type Life } from './exchange.ts';
import { tooMany } from './gate.ts';
import { Holdings, type Place } from './holdings.ts';
import { KeysUnavailable } from './keys.ts';
import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import type { McpAnswer, McpEndpoint, McpRequest } from './mcp.ts';
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
  readonly maxBodyBytes: number;
  readonly life: Life;
}

type Route = (exchange: Exchange) => void | Promise<void>;

const json = { 'content-type': 'application/json' };
/** For scripts of every origin. */
const open = { 'access-control-allow-origin': '*' };
const wellKnown = '/.well-known/oauth-protected-resource';

export function createRequestListener(options: HttpOptions): RequestListener {
  const routes = routesOf(options);
  const elsewhere = notFound(options.auth);
  return async (req, res) => {
    const exchange = new Exchange(req, res, options.life);
    const route = routes.get(exchange.path) ?? elsewhere;
    try {
      await route(exchange);
    } catch (error) {
      await refuse(exchange, error, options).catch(() => res.destroy());
    }
  };
}

/**
 * Exact paths, as they were sent: `//mcp`, `/MCP`, `/mcp/` and `/%6dcp` are other paths, and nothing is there. Each is served
 * with the path prefix of MCP_URL and without it, because a proxy in front may keep it or take it off.
 */
function routesOf(options: HttpOptions): ReadonlyMap<string, Route> {
  const { auth, name } = options;
  const { pathname } = auth.endpoint;
  const prefix = pathname.slice(0, -'/mcp'.length);
  const metadata = document(auth.metadata(name), open);
  const authorizationServer: Route = async (exchange) =>
    await sendDocument(exchange, await auth.authorizationServer.load(), open);
  const health = document({ status: 'ok' });
  const served: ReadonlyArray<readonly [path: string, route: Route]> = [
    [wellKnown, metadata],
    [`${wellKnown}/mcp`, metadata],
    [wellKnown + pathname, metadata],
    ['/.well-known/oauth-authorization-server', authorizationServer],
    ['/healthz', health],
    ['/readyz', readiness(health, options)],
    ['/mcp', mcpRoute(options)],
  ];
  const both = served.flatMap(([path, route]) => [[path, route] as const, [prefix + path, route] as const]);
  return new Map([[auth.metadataUrl.pathname, metadata], ...both]);
}

/** Ready: there are keys, and this process is not about to end. */
function readiness(health: Route, { auth, life }: HttpOptions): Route {
  return async (exchange) => {
    if (life.isEnding) return await exchange.send(503, json, JSON.stringify({ status: 'ending' }));
    await auth.keys.load();
    await health(exchange);
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
  const { auth, mcp, limits, maxBodyBytes } = options;
  const origins = new OriginPolicy({ ...options, mcpUrl: auth.endpoint });
  const sayWhereProxyIsUnknown = proxyHint(options);
  const holdings = new Holdings();
  return async (exchange) => {
    const { req, res, id, onHangUp } = exchange;
    exchange.cors = origins.check(req, exchange.authority);
    if (req.method === 'OPTIONS') return await exchange.send(204, preflightHeaders(req));
    sayWhereProxyIsUnknown(exchange);
    const access = await authenticate(exchange, options);
    exchange.access = access;
    const wait = await limits.request(access.user.id);
    if (wait !== undefined) throw tooMany('requests_limit', 'Too many requests', wait);
    const place = holdings.enter(access.user.id, res);
    if (req.method !== 'POST') throw notAllowed('POST, OPTIONS');
    const message = await readMessage(req, maxBodyBytes);
    const request: McpRequest = { id, access, message, headers: req.headers, onHangUp };
    const answer = await mcp.answer(request);
    hold(answer, place, exchange);
    // A refused tool call is answered in JSON-RPC by the SDK; HTTP says it, too.
    const { status, headers, body } = answer;
    const refusal =
      request.refusal ?? (status >= 400 ? new Refusal(status, 'protocol', 'Invalid MCP request') : undefined);
    if (refusal) logRefusal(exchange, refusal, options);
    await exchange.send(refusal?.status ?? status, { ...headers, ...refusal?.headers }, body);
  };
}

/** What is still to be sent counts as its user's; a stream ends when the token does that it was asked for with. */
function hold({ body, end }: McpAnswer, place: Place, { access, res }: Exchange): void {
  if (typeof body === 'string') place.answer(body.length);
  if (typeof body !== 'object') return;
  try {
    place.stream();
  } catch (error) {
    end?.();
    throw error;
  }
  const left = Number(access?.user.claims.exp) * 1000 - Date.now();
  const timer = setTimeout(() => end?.(), left).unref();
  res.once('close', () => clearTimeout(timer));
}

/** Behind a proxy that is not trusted, all its clients have one address, and one limit of refused tokens. Said once. */
function proxyHint({ trustedProxies, log }: HttpOptions): (exchange: Exchange) => void {
  let isSaid = trustedProxies > 0;
  return ({ req }) => {
    if (isSaid || req.headers['x-forwarded-for'] === undefined) return;
    isSaid = true;
    const message =
      'Requests come with X-Forwarded-For, which is not trusted: all clients of a proxy count as one address. Set TRUSTED_PROXIES to how many proxies of yours are in front.';
    log('warn', 'proxy_not_trusted', { message });
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
    const headers = { 'www-authenticate': auth.challenge({ code: 'invalid_token', description: message }) };
    // With the challenge: whoever shares an address with an attacker still learns where to get a good token.
    if (wait !== undefined) throw tooMany('refused_tokens_limit', 'Too many bad tokens', wait, headers);
    throw new Refusal(401, reason, message, { headers, cause });
  }
}

/** @returns the token of the one `Authorization: Bearer` header (RFC 6750, section 2.1). */
function bearerToken({ headersDistinct, url = '' }: Exchange['req']): string | undefined {
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
  logRefusal(exchange, refusal, options);
  const body = { jsonrpc: '2.0', id: null, error: { code, message, data: { reason, requestId: id } } };
  await exchange.send(status, { ...json, ...headers }, JSON.stringify(body));
}

/**
 * Whether a client only looks how it has to speak: GET for a stream, DELETE for a session, HEAD or GET for the challenge.
 * Ordinary clients do so with each session, and 405 or 401 is the answer that they expect.
 */
function isProbe({ req, path }: Exchange, { reason }: Refusal, { auth }: HttpOptions): boolean {
  const isExpected = reason === 'method' || reason === 'no_token';
  const isEndpoint = path === auth.endpoint.pathname || path === '/mcp';
  return isExpected && isEndpoint && /^(?:GET|HEAD|DELETE)$/.test(req.method ?? '');
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
function logRefusal(exchange: Exchange, refusal: Refusal, options: HttpOptions): void {
  const { log, trustedProxies } = options;
  const { req, path, id, access } = exchange;
  const { status, reason, message, cause } = refusal;
  // A bad token can have a good signature. Then it is known whose it was.
  const claims = access?.user.claims ?? (cause instanceof InvalidToken ? cause.claims : {});
  const details = {
    reason,
    message,
    status,
    method: req.method,
    path,
    address: exchange.address(trustedProxies),
    clientId: text(claims.client_id),
    subject: text(claims.sub),
    requestId: id,
    ...(status >= 500 && cause instanceof Error && { stack: cause.stack }),
  };
  if (isProbe(exchange, refusal, options)) log('debug', 'probe', details);
  else log(status < 500 ? 'info' : 'error', 'refused', details);
}

/** A claim can be anything; whose token it was is a text. */
function text(claim: unknown): string | undefined {
  return typeof claim === 'string' ? claim : undefined;
}
