// HTTP: what is served where, and what a request has to pass, in this order, before the protocol sees it.
import { isLoopback } from '../scalekit/urls.ts';
import type { Access } from './access.ts';
import { holderAt, longestAnonymousStream } from './anonymous.ts';
import { admit, badToken, bearerToken, keysUnavailable, noToken } from './authenticate.ts';
import { readMessage } from './body.ts';
import type { DenyList } from './deny-list.ts';
import { denyList } from './deployment.ts';
import { answerDocument, discoveryDocuments, openToAll, withPrefix } from './discovery.ts';
import { type Exchange, type Life, valuesOf } from './exchange.ts';
import { tooMany } from './gate.ts';
import { Holdings, type Place } from './holdings.ts';
import { InvalidToken } from './invalid-token.ts';
import { KeysUnavailable } from './keys.ts';
import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import type { McpEndpoint } from './mcp.ts';
import type { McpAnswer, McpRequest } from './mcp-request.ts';
import { OriginPolicy, preflightHeaders } from './origin.ts';
import type { ScalekitProvider } from './provider.ts';
import { notAllowed, Refusal, refusalBody } from './refusal.ts';

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
  readonly openaiAppsChallenge?: string | undefined;
  readonly life: Life;
}

type Route = (exchange: Exchange) => void | Promise<void>;

const json = { 'content-type': 'application/json' };

/** @returns what answers every request. */
export function createResponder(options: HttpOptions): (exchange: Exchange) => Promise<void> {
  const routes = routesOf(options);
  const elsewhere = notFound(options.auth);
  return async (exchange) => {
    const route = routes.get(exchange.path) ?? elsewhere;
    try {
      await route(exchange);
    } catch (error) {
      await refuse(exchange, error, options).catch(() => exchange.drop());
    }
  };
}

/**
 * Exact paths, as they were sent: `//mcp`, `/MCP`, `/mcp/` and `/%6dcp` are other paths, and nothing is there. Each is served
 * with the path prefix of MCP_URL and without it, because a proxy in front may keep it or take it off.
 */
function routesOf(options: HttpOptions): ReadonlyMap<string, Route> {
  const { auth, name, openaiAppsChallenge: challenge } = options;
  const health: Route = async (exchange) => await sendDocument(exchange, JSON.stringify({ status: 'ok' }));
  const served: ReadonlyArray<readonly [path: string, route: Route]> = [
    ['/healthz', health],
    ['/readyz', readiness(health, options)],
    ['/mcp', mcpRoute(options)],
    ...(challenge === undefined ? [] : [[openaiChallengePath, textRoute(challenge)] as const]),
  ];
  const documents = [...discoveryDocuments(auth, name)].map(([path, load]): readonly [string, Route] => [
    path,
    async (exchange) => await sendDocument(exchange, await load(), openToAll),
  ]);
  return new Map([...documents, ...withPrefix(served, auth.endpoint)]);
}

/** Ready: there are keys, and the deny list where there is to be one, and this process is not about to end. */
function readiness(health: Route, { auth, life }: HttpOptions): Route {
  return async (exchange) => {
    if (life.isEnding) return await exchange.send(503, json, JSON.stringify({ status: 'ending' }));
    await auth.keys.load();
    await auth[denyList]?.freshen();
    auth[denyList]?.check();
    await health(exchange);
  };
}

/** Where OpenAI looks for proof that whoever submits this server to its directory owns it (docs/directories.md#openai). */
const openaiChallengePath = '/.well-known/openai-apps-challenge';

function textRoute(content: string): Route {
  const headers = { ...openToAll, 'content-type': 'text/plain; charset=utf-8' };
  return async (exchange) => await sendDocument(exchange, content, headers);
}

/** Sends a public document; JSON, unless the headers say otherwise. */
async function sendDocument(
  exchange: Exchange,
  content: string,
  open?: Readonly<Record<string, string>>,
): Promise<void> {
  const { status, headers, body } = answerDocument(exchange.req.method, content, open);
  await exchange.send(status, headers, body);
}

function mcpRoute(options: HttpOptions): Route {
  const { auth, mcp, maxBodyBytes } = options;
  const origins = new OriginPolicy({ ...options, mcpUrl: auth.endpoint });
  const sayWhereProxyIsUnknown = proxyHint(options);
  const holdings = new Holdings();
  return async (exchange) => {
    const { req, id } = exchange;
    exchange.cors = origins.check(req, exchange.authority);
    if (req.method === 'OPTIONS') return await exchange.send(204, preflightHeaders(req));
    sayWhereProxyIsUnknown(exchange);
    const access = await authenticate(exchange, options);
    exchange.access = access;
    const holder = await countRequest(exchange, options);
    // A client that has already disconnected would never be noticed, and its request would count against its user forever.
    if (exchange.isOver) return exchange.drop();
    const place = holdings.enter(holder, exchange);
    if (req.method !== 'POST') throw notAllowed('POST, OPTIONS');
    const message = await readMessage(exchange, maxBodyBytes);
    refuseDenied(access, auth);
    const onHangUp = (callback: () => void) => exchange.onHangUp(callback);
    const request: McpRequest = { id, access, holder, message, headers: req.headers, onHangUp };
    const answer = await mcp.answer(request);
    hold(answer, place, exchange, auth[denyList]);
    // A refused tool call is answered in JSON-RPC by the SDK; HTTP says it, too.
    const { status, headers, body } = answer;
    const refusal =
      request.refusal ?? (status >= 400 ? new Refusal(status, 'protocol', 'Invalid MCP request') : undefined);
    if (refusal) logRefusal(exchange, refusal, options);
    await exchange.send(refusal?.status ?? status, { ...headers, ...refusal?.headers }, body);
  };
}

/** @returns for whom a request is counted: a user, or an address. @throws Refusal if there were too many. */
async function countRequest(exchange: Exchange, options: HttpOptions): Promise<string> {
  const { auth, limits, trustedProxies } = options;
  const { access } = exchange;
  const holder = access?.user.id ?? holderAt(exchange.address(trustedProxies));
  const wait = await limits.request(holder);
  if (wait === undefined) return holder;
  // With the challenge, so that people who share an address with those who ask too often can still sign in.
  const headers = access === undefined ? noToken(auth).headers : {};
  throw tooMany('requests_limit', 'Too many requests', wait, headers);
}

/** A client can take half a minute to send its body, and the deny list promises to take effect within seconds. */
function refuseDenied(access: Access | undefined, auth: ScalekitProvider): void {
  const { claims } = access?.user ?? {};
  if (claims !== undefined && auth[denyList]?.denies(claims))
    throw badToken(new InvalidToken('token_denied', claims), auth);
}

/** Counts what is still to be sent for its caller; a stream ends when its token expires, or is denied. */
function hold({ body, end }: McpAnswer, place: Place, exchange: Exchange, denied?: DenyList): void {
  if (typeof body === 'string') place.answer(body.length);
  if (typeof body !== 'object') return;
  try {
    place.stream();
  } catch (error) {
    end?.();
    throw error;
  }
  const { claims = {} } = exchange.access?.user ?? {};
  const lasts =
    exchange.access === undefined ? longestAnonymousStream : Number(claims.exp) * 1000 - Date.now();
  const timer = setTimeout(() => end?.(), lasts).unref();
  const unfollow = denied?.follow(claims, () => end?.());
  exchange.onEnd(() => {
    clearTimeout(timer);
    unfollow?.();
  });
}

/** Behind a proxy that is not trusted, all its clients have one address, and one limit of refused tokens. Said once. */
function proxyHint({ trustedProxies, log }: HttpOptions): (exchange: Exchange) => void {
  let isSaid = trustedProxies > 0;
  return (exchange) => {
    if (isSaid || exchange.req.headers['x-forwarded-for'] === undefined) return;
    // If there is no connection to look at, no address is taken for that of a client.
    if (exchange.peer === undefined) return;
    isSaid = true;
    const message =
      'Requests come with X-Forwarded-For, which is not trusted: all clients of a proxy count as one address. Set TRUSTED_PROXIES to how many proxies of yours are in front.';
    log('warn', 'proxy_not_trusted', { message });
  };
}

/** @returns nothing if there is no token, and there are public tools. A bad token is still refused (RFC 6750, section 3.1). */
async function authenticate(exchange: Exchange, options: HttpOptions): Promise<Access | undefined> {
  const { auth, limits, mcp, trustedProxies } = options;
  const authorization = valuesOf(exchange.req, 'authorization');
  const token = bearerToken(authorization, exchange.req.url);
  if (mcp.isPublic && authorization.length === 0) return undefined;
  try {
    return await admit(token, auth);
  } catch (error) {
    if (!(error instanceof Refusal && error.cause instanceof InvalidToken)) throw error;
    // An expired token was valid. Its sender is not an attacker, and needs the 401 to get another.
    if (error.reason === 'token_expired') throw error;
    const address = exchange.address(trustedProxies);
    // Without addresses, one attacker would use up everybody's limit.
    const wait = address === '' ? undefined : await limits.refusedToken(address);
    // With the challenge, so that clients that share an address with an attacker still learn where to get a token.
    throw wait === undefined
      ? error
      : tooMany('refused_tokens_limit', 'Too many bad tokens', wait, error.headers);
  }
}

function notFound({ endpoint }: ScalekitProvider): Route {
  return () => {
    throw new Refusal(404, 'not_found', `Nothing is here. The MCP endpoint is ${endpoint.href}`);
  };
}

async function refuse(exchange: Exchange, error: unknown, options: HttpOptions): Promise<void> {
  if (exchange.isOver) return exchange.drop();
  const refusal = toRefusal(error);
  const { status, headers } = refusal;
  logRefusal(exchange, refusal, options);
  await exchange.send(status, { ...json, ...headers }, refusalBody(refusal, exchange.id));
}

/**
 * Whether a client only probes what is here: GET for a stream, DELETE for a session, HEAD or GET for the challenge. Ordinary
 * clients do so with each session, and 405 or 401 is the answer that they expect.
 */
function isProbe({ req, path }: Exchange, { reason }: Refusal, { auth }: HttpOptions): boolean {
  const isExpected = reason === 'method' || reason === 'no_token';
  const isEndpoint = path === auth.endpoint.pathname || path === '/mcp';
  return isExpected && isEndpoint && /^(?:GET|HEAD|DELETE)$/.test(req.method ?? '');
}

/**
 * Whether this is the project's own doctor, looking at a server on this machine: it sends what has to be refused. Anybody can send
 * its name, so that a server with a public URL logs such requests as any others.
 */
function isDoctor({ req }: Exchange, { status }: Refusal, { auth }: HttpOptions): boolean {
  return status < 500 && isLoopback(auth.endpoint) && req.headers['user-agent'] === 'scalekit-mcp-doctor';
}

function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof KeysUnavailable) return keysUnavailable(error);
  return new Refusal(500, 'internal_error', 'Internal error', { code: -32_603, cause: error });
}

/** One line per refused request, with what identifies it, but nothing that would let somebody repeat it. */
function logRefusal(exchange: Exchange, refusal: Refusal, options: HttpOptions): void {
  const { log, trustedProxies } = options;
  const { req, path, id, access } = exchange;
  const { status, reason, message, cause } = refusal;
  // If a bad token has a valid signature, it is known whose it was.
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
  const isExpected = isProbe(exchange, refusal, options) || isDoctor(exchange, refusal, options);
  if (isExpected) log('debug', 'probe', details);
  else log(status < 500 ? 'info' : 'error', 'refused', details);
}

/** A claim can be of any type; only text is logged. */
function text(claim: unknown): string | undefined {
  return typeof claim === 'string' ? claim : undefined;
}
