import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Allowance } from './allowance.ts';
import type { EmulatorOptions, Faults } from './contract.ts';
import type { KeyRing } from './keys.ts';
import { metadata } from './metadata.ts';
import {
  jwtBearerGrant,
  normalizeAuthorization,
  normalizeClient,
  normalizeTokenRequest,
} from './normalize.ts';
import type { Pages } from './pages.ts';
import { cookieNames } from './provider.ts';
import { redirectProblem } from './redirects.ts';
import { apiError, registrationError } from './registration-answer.ts';
import { readBody, withBody, withoutCookie } from './requests.ts';
import { sendError, sendJson } from './responses.ts';
import type { Settings } from './settings.ts';
import { machineClient, organizationClient } from './users.ts';

// How each path is answered; which paths there are is in routes.ts.

/** What the front needs from the emulator during a request. */
export interface Front {
  readonly settings: Settings;
  readonly keys: KeyRing;
  readonly faults: Faults;
  readonly pages: Pages;
  /** The library's handler. */
  readonly provider: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Limits registrations. */
  readonly registrations: Allowance;
  /** The rate limit per minute, if a person has set one. */
  readonly rate: Allowance | undefined;
  readonly onError: NonNullable<EmulatorOptions['onError']>;
}

export type Handler = (front: Front, request: IncomingMessage, response: ServerResponse, url: URL) => unknown;

/** Nothing is at a path; strictly, in the words of gRPC-gateway, behind which Scalekit's API is. */
export function notFound({ settings }: Front, response: ServerResponse): void {
  if (settings.strict) return void sendJson(response, 404, { code: 5, message: 'Not Found', details: [] });
  sendError(response, 404, 'not_found', 'the local Scalekit has nothing at this path');
}

/** The path exists, but not with this method. @param methods those that it has. */
export function wrongMethod(
  { settings }: Front,
  { method }: IncomingMessage,
  response: ServerResponse,
  path: string,
  methods: readonly string[],
): void {
  if (settings.strict)
    return void sendJson(response, 501, { code: 12, message: 'Method Not Allowed', details: [] });
  response.setHeader('allow', methods.join(', '));
  sendError(response, 405, 'method_not_allowed', `${method} is not for ${path}`);
}

/** @param form at which of the two addresses it is. */
export function metadataHandler(form: 'inserted' | 'appended'): Handler {
  const other = form === 'inserted' ? 'appended' : 'inserted';
  return (front, _request, response) => {
    const { settings, faults } = front;
    const fault = faults.metadata ?? 'ok';
    if (fault === `${other}-only` || settings.metadataForms === other) return notFound(front, response);
    if (fault === 'down') return sendJson(response, 500, { error: 'server_error' });
    sendJson(response, 200, metadata(settings, fault));
  };
}

export const authorize: Handler = (front, request, response, url) => {
  // No sign-in is remembered: each authorization asks again, so that another user or other scopes can be chosen.
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

export const register: Handler = async (front, request, response) => {
  const { settings } = front;
  if (!settings.dynamicClientRegistration) return notFound(front, response);
  const body = await readBody(request);
  const wait = front.registrations.take();
  if (wait > 0) {
    const description = `too many clients register here at once: wait ${wait} s`;
    return refuseForRate(front, response, wait, {
      error: 'temporarily_unavailable',
      error_description: description,
    });
  }
  const metadata = objectIn(body);
  const problem = redirectProblem(metadata?.redirect_uris);
  if (problem !== undefined) {
    const error = { error: 'invalid_redirect_uri', error_description: problem };
    return sendJson(response, 400, registrationError(settings, error));
  }
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

export const token: Handler = async (front, request, response) => {
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

export const environmentToken: Handler = async (front, request, response) => {
  const { token: resourceToken } = front.settings.endpoints;
  const body = await readBody(request);
  const grants = ['client_credentials', jwtBearerGrant];
  if (!grants.includes(new URLSearchParams(body).get('grant_type') ?? ''))
    return sendError(
      response,
      400,
      'unsupported_grant_type',
      `this endpoint is for client credentials and cross-app access; the MCP server's is ${resourceToken}`,
    );
  const replay = withBody(request, body);
  replay.url = new URL(resourceToken).pathname;
  return token(front, replay, response, new URL(resourceToken));
};

/**
 * Clients that registered themselves cannot revoke: Scalekit asks for the authentication of a client that it was told about
 * in the dashboard (docs/scalekit.md#scopes-and-refresh-tokens). Access tokens live until they expire.
 */
export const revoke: Handler = async (_front, request, response) => {
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

/** Above the rate limit: gRPC's RESOURCE_EXHAUSTED (docs/scalekit.md#people-and-browsers). */
function refuseForRate(
  { settings }: Front,
  response: ServerResponse,
  wait: number,
  error: Readonly<Record<string, string>>,
): void {
  response.setHeader('retry-after', String(wait));
  const own = apiError(8, 'RATE_LIMITED', 'rate limit exceeded');
  sendJson(response, 429, { ...(settings.strict ? {} : error), ...own });
}

/** @returns a handler that runs only as often as the rate limit allows. */
export function limited(handler: Handler): Handler {
  return (front, request, response, url) => {
    const wait = front.faults.rateLimit === 'exceeded' ? 60 : (front.rate?.take() ?? 0);
    if (wait === 0) return handler(front, request, response, url);
    return refuseForRate(front, response, wait, {
      error: 'temporarily_unavailable',
      error_description: `the rate limit is exceeded: wait ${wait} s`,
    });
  };
}
