// The message that a request to an existing server carries, as its own framework has parsed it: what guards may decide by.
import { notAllowed, Refusal } from './refusal.ts';

const invalidRequest = -32_600;

/** A request whose body the server has parsed. */
export interface ParsedRequest {
  readonly method: string | undefined;
  readonly contentType: string | undefined;
  /** What the SDK will get, too: nothing else has been looked at. */
  readonly message: unknown;
}

/**
 * What may be asked without a token, besides calls of public tools: what clients do to connect, and the list of tools. Other lists
 * are not here, since what an owner lists may belong to users.
 */
const open: ReadonlySet<unknown> = new Set([
  'initialize',
  'notifications/initialized',
  'notifications/cancelled',
  'server/discover',
  'ping',
  'tools/list',
]);

/** @returns why a request with a body is none with one message of MCP, in which a tool call could hide; nothing if it is. */
export function refuseBody({ contentType = '', message }: ParsedRequest): Refusal | undefined {
  // The SDK must not read what the framework's parser has left alone: it would pass unchecked.
  if (!/^application\/json\s*(?:;|$)/i.test(contentType))
    return new Refusal(415, 'content_type', 'Content-Type has to be application/json');
  // An error that is only handed to `next` would be lost on servers whose `next` takes none.
  if (message === undefined)
    return new Refusal(
      500,
      'body_not_parsed',
      'This guard reads the parsed body: put express.json() before it',
    );
  const code = invalidRequest;
  if (Array.isArray(message))
    return new Refusal(400, 'batch', 'Batches are not part of MCP: send one message', { code });
  if (typeof message === 'object' && message !== null && 'jsonrpc' in message) return undefined;
  return new Refusal(400, 'not_a_message', 'The body is not a JSON-RPC message', { code });
}

/** @returns the name of the tool that a message calls; an empty one if that is no text; nothing if it calls none. */
export function calledTool(message: unknown): string | undefined {
  const { method, params } = message as { method?: unknown; params?: { name?: unknown } | null };
  if (method !== 'tools/call') return undefined;
  const name = params?.name;
  return typeof name === 'string' ? name : '';
}

/**
 * @param tools the names of the public tools.
 * @param noToken the refusal of everything else.
 * @returns nothing if the request may do without a token.
 */
export function refuseWithoutToken(
  tools: ReadonlySet<string>,
  request: ParsedRequest,
  noToken: Refusal,
): Refusal | undefined {
  // Clients open a stream after they have connected. They go on without one after a 405, but sign in after a 401.
  if (request.method === 'GET') return notAllowed('POST');
  if (request.method !== 'POST') return noToken;
  const refusal = refuseBody(request);
  if (refusal !== undefined) return refusal;
  const tool = calledTool(request.message);
  if (tool !== undefined) return tools.has(tool) ? undefined : noToken;
  return open.has((request.message as { method?: unknown }).method) ? undefined : noToken;
}
