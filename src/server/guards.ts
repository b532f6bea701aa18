// Guards for existing servers: as middleware for Express and node:http, and for `Request` and `Response`.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AuthInfo, authInfoOf } from './auth-info.ts';
import {
  type Authority,
  admit,
  bearerToken,
  keysUnavailable,
  missingScopes,
  refuseScopes,
} from './authenticate.ts';
import {
  answerDocument,
  type Described,
  type DocumentAnswer,
  discoveryDocuments,
  type LoadDocument,
  openToAll,
} from './discovery.ts';
import { always, NodeExchange } from './exchange.ts';
import { Refusal, refusalBody } from './refusal.ts';

/** A request of Express or node:http. What its token allows is in `auth`, where the official SDK looks for it. */
export interface GuardedRequest extends IncomingMessage {
  /** What the token allows, once `middleware()` has let the request in. */
  auth?: unknown;
  /** As `express.json()` has read it. */
  body?: unknown;
}

/** Middleware for Express, Connect, or a `node:http` server that calls it with what comes next. */
export type Middleware = (
  req: GuardedRequest,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => Promise<void>;

/** A tool's challenge, as SDK 2 takes it. */
export interface ScopeChallenge {
  /** The scopes that the client has to request. */
  scopes: [string, ...string[]];
  /** The missing scopes. */
  errorDescription: string;
}

/** Refuses what lacks a scope with 403, in each way in which scopes can be required. */
export interface ScopeGuard {
  /** As Express middleware, after `middleware()`. */
  (req: GuardedRequest, res: ServerResponse, next: (error?: unknown) => void): Promise<void>;
  /** As `scopeChallenge` of a tool, resource or prompt in SDK 2. */
  (context: { readonly authInfo?: { readonly scopes: readonly string[] } }): ScopeChallenge | undefined;
}

/** What guards need from a provider. */
export interface Guardian extends Authority, Described {
  /** Called for each request that a guard refuses. */
  readonly onRefused: ((refusal: Refusal) => void) | undefined;
}

const json = { 'content-type': 'application/json' };
const invalidRequest = -32_600;

/** Verifies tokens. */
export function tokenGuard(guardian: Guardian): Middleware {
  return async (req, res, next) => {
    const outcome = await outcomeOf(guardian, req.headersDistinct.authorization, req.url);
    if (outcome instanceof Refusal) return await answer(req, res, outcome, guardian);
    req.auth = outcome;
    next();
  };
}

/** Verifies the token of a `Request`. @returns what it allows, or the answer for a client that is not let in. */
export async function checkRequest(
  guardian: Guardian,
  request: Request,
  needed: readonly string[],
): Promise<AuthInfo | Response> {
  const header = request.headers.get('authorization');
  const outcome = await outcomeOf(guardian, header === null ? [] : [header], request.url);
  const refusal =
    outcome instanceof Refusal ? outcome : refuseScopes(needed, new Set(outcome.scopes), guardian);
  if (refusal === undefined) return outcome as AuthInfo;
  guardian.onRefused?.(refusal);
  const { status, headers } = refusal;
  return new Response(refusalBody(refusal), { status, headers: { ...always, ...json, ...headers } });
}

async function outcomeOf(
  guardian: Guardian,
  authorization: readonly string[] | undefined,
  url: string | undefined,
): Promise<AuthInfo | Refusal> {
  try {
    const token = bearerToken(authorization, url);
    const access = await admit(token, guardian);
    return authInfoOf(String(token), access, guardian);
  } catch (error) {
    return error instanceof Refusal ? error : keysUnavailable(error);
  }
}

/** Asks for scopes. */
export function scopeGuard(guardian: Guardian, needed: readonly string[]): ScopeGuard {
  // It is told apart by what it is called with: Express hands over three things, SDK 2 one.
  return ((first: GuardedRequest & { authInfo?: unknown }, res?: ServerResponse, next?: () => void) => {
    if (res === undefined || next === undefined) return challengeOf(guardian, needed, heldIn(first.authInfo));
    return passOrRefuse(guardian, needed, first, res, next);
  }) as ScopeGuard;
}

function challengeOf(
  { scopes }: Guardian,
  needed: readonly string[],
  held: ReadonlySet<string>,
): ScopeChallenge | undefined {
  const lack = missingScopes(needed, held, scopes);
  return lack && { scopes: lack.wanted as [string, ...string[]], errorDescription: lack.description };
}

async function passOrRefuse(
  guardian: Guardian,
  needed: readonly string[],
  req: GuardedRequest,
  res: ServerResponse,
  next: () => void,
): Promise<void> {
  const refusal = refuseScopes(needed, heldIn(req.auth), guardian);
  if (refusal) return await answer(req, res, refusal, guardian);
  next();
}

/** Without a token nothing is held. */
function heldIn(authInfo: unknown): ReadonlySet<string> {
  const { scopes = [] } = (authInfo ?? {}) as { scopes?: readonly string[] };
  return new Set(scopes);
}

/** Asks for the scopes of the tool that a message calls. */
export function toolGuard(
  guardian: Guardian,
  tools: Readonly<Record<string, readonly string[]>>,
): Middleware {
  return async (req, res, next) => {
    if (req.method !== 'POST') return next();
    const isJson = /^application\/json\s*(?:;|$)/i.test(req.headers['content-type'] ?? '');
    if (isJson && req.body === undefined)
      return next(new TypeError('requireToolScopes reads the parsed body: put express.json() before it'));
    const refusal = isJson ? refuseMessage(req.body) : notJson();
    if (refusal) return await answer(req, res, refusal, guardian);
    await passOrRefuse(guardian, neededBy(req.body, tools, guardian), req, res, next);
  };
}

/** The SDK must not read what express.json() did not: it would pass unchecked. */
function notJson(): Refusal {
  return new Refusal(415, 'content_type', 'Content-Type has to be application/json');
}

/** @returns why a body is not one message of MCP, in which a tool call could hide. */
function refuseMessage(body: unknown): Refusal | undefined {
  const code = invalidRequest;
  if (Array.isArray(body))
    return new Refusal(400, 'batch', 'Batches are not part of MCP: send one message', { code });
  if (typeof body === 'object' && body !== null && 'jsonrpc' in body) return undefined;
  return new Refusal(400, 'not_a_message', 'The body is not a JSON-RPC message', { code });
}

/** A tool that was left out needs every scope: better refused than open. */
function neededBy(
  body: unknown,
  tools: Readonly<Record<string, readonly string[]>>,
  { scopes }: Guardian,
): readonly string[] {
  const { method, params } = (body ?? {}) as { method?: unknown; params?: { name?: unknown } | null };
  if (method !== 'tools/call') return [];
  const name = params?.name;
  return typeof name === 'string' && Object.hasOwn(tools, name) ? (tools[name] ?? []) : scopes.names;
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  refusal: Refusal,
  { onRefused }: Guardian,
): Promise<void> {
  onRefused?.(refusal);
  const { status, headers } = refusal;
  await new NodeExchange(req, res, { isEnding: false }).send(
    status,
    { ...json, ...headers },
    refusalBody(refusal),
  );
}

/** Serves the metadata, and passes everything else on. */
export function metadataGuard(guardian: Guardian, name: string | undefined): Middleware {
  const documents = discoveryDocuments(guardian, name);
  return async (req, res, next) => {
    const exchange = new NodeExchange(req, res, { isEnding: false });
    const load = documents.get(exchange.path);
    if (load === undefined) return next();
    const { status, headers, body } = await documentOrRefusal(req.method, load);
    await exchange.send(status, headers, body);
  };
}

/** @returns the metadata if it is requested, else nothing. */
export async function metadataFor(
  guardian: Guardian,
  request: Request,
  name: string | undefined,
): Promise<Response | undefined> {
  const load = discoveryDocuments(guardian, name).get(new URL(request.url).pathname);
  if (load === undefined) return undefined;
  const { status, headers, body } = await documentOrRefusal(request.method, load);
  const isEmpty = status === 204 || request.method === 'HEAD';
  return new Response(isEmpty ? null : body, { status, headers: { ...always, ...headers } });
}

async function documentOrRefusal(method: string | undefined, load: LoadDocument): Promise<DocumentAnswer> {
  try {
    return answerDocument(method, await load(), openToAll);
  } catch (error) {
    const refusal = error instanceof Refusal ? error : keysUnavailable(error);
    return {
      status: refusal.status,
      headers: { ...json, ...openToAll, ...refusal.headers },
      body: refusalBody(refusal),
    };
  }
}
