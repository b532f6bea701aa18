import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopback, isUrl } from '../scalekit/index.ts';
import { answerKeys } from './faults.ts';
import {
  authorize,
  environmentToken,
  type Front,
  type Handler,
  limited,
  metadataHandler,
  notFound,
  register,
  revoke,
  token,
  wrongMethod,
} from './handlers.ts';
import { BodyTooLarge } from './requests.ts';
import { sendError } from './responses.ts';
import type { Settings } from './settings.ts';

interface Route {
  readonly methods: Readonly<Record<string, Handler>>;
  /** Whether scripts of other origins may call it. */
  readonly cors: boolean;
}

const uid = '([\\w-]{1,64})';

/**
 * @param target of a request.
 * @returns its path for counts and logs, percent-encoded and with one-time ids replaced.
 */
export function pathForLog(target: string): string {
  const url = `http://localhost${target}`;
  const path = target.startsWith('/') && isUrl(url) ? new URL(url).pathname : '/:other';
  return path.replace(/^(\/consent|\/resources\/\w+\/oauth\/authorize)\/[^/]+$/, '$1/:uid');
}

/** All routes, by path; everything else is 404, including `openid-configuration` (docs/scalekit.md#endpoints). */
function routesOf(settings: Settings): ReadonlyArray<readonly [RegExp, Route]> {
  const { endpoints } = settings;
  const at = (url: string, rest = '') =>
    new RegExp(`^${new URL(url).pathname.replaceAll(/[.:]/g, '\\$&')}${rest}$`);
  const get = (handler: Handler, cors: boolean): Route => ({
    methods: { GET: handler, HEAD: handler },
    cors,
  });
  const post = (handler: Handler): Route => ({
    methods: { POST: limited(handler) },
    cors: true,
  });
  const ask: Handler = ({ pages }, request, response) => pages.ask(request, response);
  const decide: Handler = ({ pages }, request, response) => pages.decide(request, response);
  return [
    [
      at(endpoints.keys),
      get(({ keys, faults }, _, response) => answerKeys(response, keys, faults.keys ?? 'ok'), true),
    ],
    [at(endpoints.metadata), get(metadataHandler('inserted'), true)],
    [at(endpoints.metadataAppended), get(metadataHandler('appended'), true)],
    [at(endpoints.registration), post(register)],
    [at(endpoints.token), post(token)],
    [at(endpoints.environmentToken), post(environmentToken)],
    // Scalekit does not publish its path.
    [at(`${endpoints.issuer}/oauth/revoke`), post(revoke)],
    [at(endpoints.authorization), get(authorize, false)],
    [at(endpoints.authorization, `/${uid}`), get(authorize, false)],
    [new RegExp(`^/consent/${uid}$`), { methods: { GET: ask, HEAD: ask, POST: decide }, cors: false }],
    [/^\/$/, get(({ pages }, _, response) => pages.welcome(response), false)],
  ];
}

/** Answers a preflight, or sets the CORS headers of the response that follows. @returns whether the request was answered. */
function answerCors(
  { settings }: Front,
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (!route.cors || !settings.cors) return false;
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

/** Names of containers and container networks. Public DNS has none of them, so no web page can have such a host name. */
const innerName = /^(?:[a-z\d_-]+|.+\.(?:internal|local|localhost))$/i;

/**
 * Whether the Host names this machine: a web page whose host name was pointed at 127.0.0.1 (DNS rebinding) sends its own
 * name. In a container, names of the container network are accepted too.
 */
function isMeantForUs({ settings }: Front, request: IncomingMessage): boolean {
  const host = request.headers.host ?? '';
  if (!/^(?:[\w.-]+|\[[\da-f:]+\])(?::\d{1,5})?$/i.test(host) || !isUrl(`http://${host}`)) return false;
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
      'the local Scalekit only answers requests for localhost or 127.0.0.1',
    );
  const target = front.settings.url + request.url;
  if (!request.url?.startsWith('/') || !isUrl(target)) return notFound(front, response);
  const url = new URL(target);
  const route = routes.find(([path]) => path.test(url.pathname))?.[1];
  if (!route) return notFound(front, response);
  if (answerCors(front, route, request, response)) return;
  const handler = route.methods[request.method ?? ''];
  if (handler) return void (await handler(front, request, response, url));
  wrongMethod(front, request, response, url.pathname, Object.keys(route.methods));
}

function answerFailure(front: Front, response: ServerResponse, error: unknown): void {
  // The client has disconnected, or already has part of the response.
  if (response.headersSent || response.destroyed) return void response.destroy();
  if (error instanceof BodyTooLarge) {
    response.setHeader('connection', 'close');
    sendError(response, 413, 'invalid_request', 'the request is too large');
  } else {
    front.onError(error);
    sendError(response, 500, 'server_error', 'the local Scalekit failed; this is a bug in it');
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
