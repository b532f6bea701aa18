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
import { calledTool, type ParsedRequest, refuseBody, refuseWithoutToken } from './guarded-message.ts';
import { Refusal, refusalBody } from './refusal.ts';

/** A request of Express or node:http. What its token allows is in `auth`, where the official SDK looks for it. */
export interface GuardedRequest extends IncomingMessage {
  /** What the token allows, once `middleware()` has let the request in. Undefined without a token, where tools are public. */
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

/** Verifies tokens. @param tools may be called without one. */
export function tokenGuard(guardian: Guardian, tools: readonly string[] = []): Middleware {
  const open = new Set(tools);
  return async (req, res, next) => {
    const { authorization } = req.headersDistinct;
    const outcome = await outcomeOf(guardian, authorization, req.url);
    const refusal = refusalOf(outcome, { authorization, open, ...parsed(req) });
    if (refusal) return await answer(req, res, refusal, guardian);
    // Whatever was there before has not been verified here.
    req.auth = outcome instanceof Refusal ? undefined : outcome;
    next();
  };
}

/** What a `Request` has to have, to be let in. */
export interface Requirements {
  /** Scopes that every request needs. */
  readonly needed?: readonly string[];
  /** The names of tools that may be called without a token. */
  readonly open?: readonly string[];
  /** The parsed body. */
  readonly message?: unknown;
}

/**
 * Verifies the token of a `Request`.
 * @returns what it allows, nothing if it needs none, or the answer for a client that is not let in.
 */
export async function checkRequest(
  guardian: Guardian,
  request: Request,
  { needed = [], open = [], message }: Requirements,
): Promise<AuthInfo | Response | undefined> {
  const header = request.headers.get('authorization');
  const authorization = header === null ? undefined : [header];
  const outcome = await outcomeOf(guardian, authorization, request.url);
  const contentType = request.headers.get('content-type') ?? undefined;
  const asked = { method: request.method, contentType, message, authorization, open: new Set(open) };
  const isIn = !(outcome instanceof Refusal);
  const refusal = isIn ? refuseScopes(needed, new Set(outcome.scopes), guardian) : refusalOf(outcome, asked);
  if (refusal === undefined) return isIn ? outcome : undefined;
  guardian.onRefused?.(refusal);
  const { status, headers } = refusal;
  return new Response(refusalBody(refusal), { status, headers: { ...always, ...json, ...headers } });
}

/** A request, and what it may do without a token. */
interface Asked extends ParsedRequest {
  /** The value of each `Authorization` header: one that holds no token is not the same as none. */
  readonly authorization: readonly string[] | undefined;
  readonly open: ReadonlySet<string>;
}

function refusalOf(outcome: AuthInfo | Refusal, asked: Asked): Refusal | undefined {
  if (!(outcome instanceof Refusal)) return undefined;
  const isWithout = outcome.reason === 'no_token' && asked.authorization === undefined;
  return isWithout && asked.open.size > 0 ? refuseWithoutToken(asked.open, asked, outcome) : outcome;
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
    const refusal = refuseBody(parsed(req));
    if (refusal) return await answer(req, res, refusal, guardian);
    await passOrRefuse(guardian, neededBy(req.body, tools, guardian), req, res, next);
  };
}

function parsed({ method, headers, body }: GuardedRequest): ParsedRequest {
  return { method, contentType: headers['content-type'], message: body };
}

/** A tool that was left out needs every scope: better refused than open. */
function neededBy(
  message: unknown,
  tools: Readonly<Record<string, readonly string[]>>,
  { scopes }: Guardian,
): readonly string[] {
  const name = calledTool(message);
  if (name === undefined) return [];
  return Object.hasOwn(tools, name) ? (tools[name] ?? []) : scopes.names;
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
