// Requests without a token, where there are public tools ("lazy authentication": docs/mcp.md#public-tools).
import type { CallToolResult } from '@modelcontextprotocol/server';
import { type Authority, noToken } from './authenticate.ts';
import { networkOf } from './limits.ts';
import type { McpRequest } from './mcp-request.ts';
import { Refusal } from './refusal.ts';
import { errorResult } from './tool.ts';

/** What a client may do before anybody has to sign in. The gate decides which tools may be called. */
const open: ReadonlySet<unknown> = new Set([
  'initialize',
  'server/discover',
  'ping',
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'prompts/list',
  'tools/call',
]);

/** A stream without a token ends no later than this, in ms; others end when their token expires. */
export const longestAnonymousStream = 10 * 60 * 1000;

/** The caller of a request without a token, when deciding who may see or answer something. No user's id is empty. */
const nobody = '';

/** @returns whose request it is. A request without a token belongs to nobody. */
export function callerOf({ access }: Pick<McpRequest, 'access'>): string {
  return access?.user.id ?? nobody;
}

/** @returns the key under which the limits count a request without a token. */
export function holderAt(address: string): string {
  return `address ${networkOf(address)}`;
}

/** @throws Refusal if a request without a token asks for anything but what is known to need none. */
export function refuseAnonymous({ access, message: { method } }: McpRequest, auth: Authority): void {
  if (access !== undefined || open.has(method)) return;
  // Answers to questions have no method, and notifications ask for nothing.
  if (method === undefined || (typeof method === 'string' && method.startsWith('notifications/'))) return;
  throw noToken(auth);
}

/**
 * ChatGPT ignores the 401 of a tool call: it asks its user to sign in only if a tool's result says so
 * (docs/mcp.md#public-tools). Other clients would take such a result for an error of the tool, and never sign in.
 * @returns that result, if the client is ChatGPT and the call is refused because it has no token.
 */
export function signInResult(
  refusal: Refusal,
  request: McpRequest,
  auth: Authority,
  needed: readonly string[] = [],
): CallToolResult | undefined {
  const { status, message, headers } = refusal;
  if (status !== 401 || !/^openai-mcp\//i.test(request.headers['user-agent'] ?? '')) return undefined;
  // The call has not run. The challenge says so in HTTP; a response of any status may have one (RFC 9110, section 11.6.1).
  request.refusal = new Refusal(200, refusal.reason, message, { headers: { ...headers } });
  const error = { code: 'insufficient_scope', description: message };
  const challenge = auth.challenge(error, auth.scopes.inOrder(new Set([...auth.scopes.base, ...needed])));
  return { ...errorResult(message), _meta: { 'mcp/www_authenticate': [challenge] } };
}
