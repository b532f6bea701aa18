import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopback } from '../scalekit/index.ts';
import type { Allowance } from './allowance.ts';
import { sendError, sendJson } from './answers.ts';
import type { EmulatorOptions, Faults } from './contract.ts';
import { answerKeys } from './faults.ts';
import type { KeyRing } from './keys.ts';
import { metadata } from './metadata.ts';
import { normalizeAuthorization, normalizeClient, normalizeTokenRequest } from './normalize.ts';
import type { Pages } from './pages.ts';
import { cookieNames } from './provider.ts';
import { redirectProblem } from './redirects.ts';
import { BodyTooLarge, readBody, withBody, withoutCookie } from './requests.ts';
import type { Settings } from './settings.ts';
import { machineClient, organizationClient } from './users.ts';

/** What the front needs of the emulator at the moment of a request. */
export interface Front {
  readonly settings: Settings;
  readonly keys: KeyRing;
  readonly faults: Faults;
  readonly pages: Pages;
  /** The library's handler. */
  readonly provider: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Each registration takes from it. */
  readonly registrations: Allowance;
  readonly onError: NonNullable<EmulatorOptions['onError']>;
}

type Handler = (front: Front, request: IncomingMessage, response: ServerResponse, url: URL) => unknown;

interface Route {
  readonly methods: Readonly<Record<string, Handler>>;
  /** Whether scripts of other origins may use it. */
  readonly cors: boolean;
}

const uid = '([\\w-]{1,64})';

/**
 * @param target of a request.
 * @returns its path, percent-encoded and with one-time ids taken out, for counts and logs.
 */
export function pathForLog(target: string): string {
  const url = `http://localhost${target}`;
  const path = target.startsWith('/') && URL.canParse(url) ? new URL(url).pathname : '/:other';
  return path.replace(/^(\/consent|\/resources\/\w+\/oauth\/authorize)\/[^/]+$/, '$1/:uid');
}

function metadataHandler(absent: Faults['metadata']): Handler {
  return ({ settings, faults }, _request, response) => {
    const fault = faults.metadata ?? 'ok';
    if (fault === absent) return notFound(response);
    if (fault === 'down') return sendJson(response, 500, { error: 'server_error' });
    sendJson(response, 200, metadata(settings, fault));
  };
}

const authorize: Handler = (front, request, response, url) => {
  // Nobody is remembered: each authorization asks anew, so that another user or other scopes can be chosen.
  withoutCookie(request, cookieNames.session);
  const { settings } = front;
  if (url.pathname === new URL(settings.endpoints.authorization).pathname) {
    const query = normalizeAuthorization(settings, url.searchParams);
    settings.trustedClients.asks(query.get('client_id') ?? '', query.get('redirect_uri') ?? '');
    request.url = `${url.pathname}?${query}`;
  }
  return front.provider(request, response);
};

/** @returns the JSON object in a body, or undefined, which the library says better. */
function objectIn(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

const register: Handler = async (front, request, response) => {
  if (!front.settings.dynamicClientRegistration) return notFound(response);
  const body = await readBody(request);
  const wait = front.registrations.take();
  if (wait > 0) {
    response.setHeader('retry-after', String(wait));
    const description = `too many clients register here at once: wait ${wait} s`;
    return sendError(response, 429, 'temporarily_unavailable', description);
  }
  const metadata = objectIn(body);
  const problem = redirectProblem(metadata?.redirect_uris);
  if (problem !== undefined) return sendError(response, 400, 'invalid_redirect_uri', problem);
  const normalized = metadata === undefined ? body : JSON.stringify(normalizeClient(metadata));
  return front.provider(withBody(request, normalized), response);
};

/**
 * Client credentials never come from a browser: a script of any site could otherwise use the seeded client, whose secret
 * is public, past the consent page.
 */
function isBrowserMachine(request: IncomingMessage, parameters: URLSearchParams): boolean {
  return parameters.get('grant_type') === 'client_credentials' && request.headers.origin !== undefined;
}

const token: Handler = async (front, request, response) => {
  const parameters = normalizeTokenRequest(front.settings, await readBody(request));
  if (isBrowserMachine(request, parameters))
    return sendError(
      response,
      400,
      'invalid_request',
      'client credentials are not for browsers (Origin header)',
    );
  return front.provider(withBody(request, parameters.toString()), response);
};

const environmentToken: Handler = async (front, request, response) => {
  const { token: resourceToken } = front.settings.endpoints;
  const body = await readBody(request);
  if (new URLSearchParams(body).get('grant_type') !== 'client_credentials')
    return sendError(
      response,
      400,
      'unsupported_grant_type',
      `this endpoint is for client credentials; the MCP server's is ${resourceToken}`,
    );
  const replay = withBody(request, body);
  replay.url = new URL(resourceToken).pathname;
  return token(front, replay, response, new URL(resourceToken));
};

/**
 * Clients that registered themselves cannot revoke: Scalekit asks for the authentication of a client that it was told about
 * in the dashboard (docs/scalekit.md#scopes-and-refresh-tokens). Access tokens live until they expire.
 */
const revoke: Handler = async (_front, request, response) => {
  const form = new URLSearchParams(await readBody(request));
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const [user, password] = Buffer.from(basic ?? '', 'base64')
    .toString()
    .split(':');
  const clientId = form.get('client_id') ?? user;
  const secret = form.get('client_secret') ?? password;
  const isKnown = [machineClient, organizationClient].some(
    (client) => client.clientId === clientId && client.clientSecret === secret,
  );
  if (!isKnown)
    return sendError(
      response,
      401,
      'invalid_client',
      'revocation is for clients of the dashboard, with their secret',
    );
  response.writeHead(200, { 'cache-control': 'no-store' }).end();
};

/** What an API answers above the rate limit: gRPC's RESOURCE_EXHAUSTED (docs/scalekit.md#people-and-browsers). */
function refuseForRate(response: ServerResponse): void {
  response.setHeader('retry-after', '60');
  sendJson(response, 429, {
    code: 8,
    message: 'rate limit exceeded',
    details: [{ error_code: 'RATE_LIMITED' }],
  });
}

/** All there is, by path; everything else is 404, `openid-configuration` included (docs/scalekit.md#endpoints). */
function routesOf(settings: Settings): ReadonlyArray<readonly [RegExp, Route]> {
  const { endpoints } = settings;
  const at = (url: string, rest = '') =>
    new RegExp(`^${new URL(url).pathname.replaceAll(/[.:]/g, '\\$&')}${rest}$`);
  const get = (handler: Handler, cors: boolean): Route => ({
    methods: { GET: handler, HEAD: handler },
    cors,
  });
  const post = (handler: Handler): Route => ({
    methods: {
      POST: (front, request, response, url) =>
        front.faults.rateLimit === 'exceeded'
          ? refuseForRate(response)
          : handler(front, request, response, url),
    },
    cors: true,
  });
  const ask: Handler = ({ pages }, request, response) => pages.ask(request, response);
  const decide: Handler = ({ pages }, request, response) => pages.decide(request, response);
  return [
    [
      at(endpoints.keys),
      get(({ keys, faults }, _, response) => answerKeys(response, keys, faults.keys ?? 'ok'), true),
    ],
    [at(endpoints.metadata), get(metadataHandler('appended-only'), true)],
    [at(endpoints.metadataAppended), get(metadataHandler('inserted-only'), true)],
    [at(endpoints.registration), post(register)],
    [at(endpoints.token), post(token)],
    [at(endpoints.environmentToken), post(environmentToken)],
    // Where it is at Scalekit is not published.
    [at(`${endpoints.issuer}/oauth/revoke`), post(revoke)],
    [at(endpoints.authorization), get(authorize, false)],
    [at(endpoints.authorization, `/${uid}`), get(authorize, false)],
    [new RegExp(`^/consent/${uid}$`), { methods: { GET: ask, HEAD: ask, POST: decide }, cors: false }],
    [/^\/$/, get(({ pages }, _, response) => pages.welcome(response), false)],
  ];
}

function notFound(response: ServerResponse): void {
  sendError(response, 404, 'not_found', 'the local Scalekit has nothing at this path');
}

/** Answers a preflight, or opens the answer that follows to scripts of any origin. @returns whether it is answered. */
function answerCors(route: Route, request: IncomingMessage, response: ServerResponse): boolean {
  if (!route.cors) return false;
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-expose-headers', 'WWW-Authenticate');
  if (request.method !== 'OPTIONS') return false;
  response.writeHead(204, {
    'access-control-allow-methods': Object.keys(route.methods).join(', '),
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
    'access-control-max-age': '3600',
  });
  response.end();
  return true;
}

/** Names that no public DNS has, so that no page of the internet can have them: of containers, and of container networks. */
const innerName = /^(?:[a-z\d_-]+|.+\.(?:internal|local|localhost))$/i;

/**
 * Whether the request was meant for this machine by name: a page whose host name has been pointed at 127.0.0.1 (DNS
 * rebinding) sends its own name. In a container other containers know this one by names of their network, too.
 */
function isMeantForUs({ settings }: Front, request: IncomingMessage): boolean {
  const host = request.headers.host ?? '';
  if (!/^(?:[\w.-]+|\[[\da-f:]+\])(?::\d{1,5})?$/i.test(host)) return false;
  const url = new URL(`http://${host}`);
  return isLoopback(url) || (settings.container && innerName.test(url.hostname));
}

async function dispatch(
  front: Front,
  routes: ReturnType<typeof routesOf>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isMeantForUs(front, request))
    return sendError(
      response,
      403,
      'forbidden',
      'the local Scalekit answers on localhost and 127.0.0.1 only, by whatever name it is asked',
    );
  const target = front.settings.url + request.url;
  if (!request.url?.startsWith('/') || !URL.canParse(target)) return notFound(response);
  const url = new URL(target);
  const route = routes.find(([path]) => path.test(url.pathname))?.[1];
  if (!route) return notFound(response);
  if (answerCors(route, request, response)) return;
  const handler = route.methods[request.method ?? ''];
  if (handler) return void (await handler(front, request, response, url));
  response.setHeader('allow', Object.keys(route.methods).join(', '));
  sendError(response, 405, 'method_not_allowed', `${request.method} is not for ${url.pathname}`);
}

function answerFailure(front: Front, response: ServerResponse, error: unknown): void {
  // Whoever has gone away needs no answer, and that is no fault of ours.
  if (response.headersSent || response.destroyed) return void response.destroy();
  if (error instanceof BodyTooLarge) {
    response.setHeader('connection', 'close');
    sendError(response, 413, 'invalid_request', 'the request is too large');
  } else {
    front.onError(error);
    sendError(response, 500, 'server_error', 'the local Scalekit failed; this is a fault of ours');
  }
}

/** @returns the handler of every request; it never throws. */
export function makeFront(front: Front): (request: IncomingMessage, response: ServerResponse) => void {
  const routes = routesOf(front.settings);
  return (request, response) => {
    const { clockOffset } = front.settings;
    if (clockOffset !== 0)
      response.setHeader('date', new Date(Date.now() + clockOffset * 1000).toUTCString());
    dispatch(front, routes, request, response).catch((error) => answerFailure(front, response, error));
  };
}
