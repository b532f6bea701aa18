// The gate before every tool, resource and prompt: the caller's rate limit, then the token and its scopes.
import type { Access } from './access.ts';
import { type Authority, noToken, refuseScopes } from './authenticate.ts';
import type { Limits } from './limits.ts';
import type { McpRequest } from './mcp-request.ts';
import { Refusal } from './refusal.ts';

/** What something asks of its caller. */
export interface Guarded {
  readonly scopes: readonly string[];
  /** Whether it may be called without a token: only tools can be. */
  readonly isPublic?: boolean;
}

/**
 * Counts a call and looks at its token.
 * @param wanted undefined if nothing has that name: guessing names is limited, too.
 * @returns why the call is refused, or nothing when it may run.
 */
export async function refuseCall(
  wanted: Guarded | undefined,
  { access, holder }: McpRequest,
  { auth, limits }: { auth: Authority; limits: Limits },
): Promise<Refusal | undefined> {
  const wait = await limits.toolCall(holder);
  if (wait !== undefined) return tooMany('tool_calls_limit', 'Too many tool calls', wait);
  return refuseAccess(wanted, access, auth);
}

/** @returns why somebody who has this access, or no token at all, is refused what is wanted; nothing if it is allowed. */
export function refuseAccess(
  wanted: Guarded | undefined,
  access: Access | undefined,
  auth: Authority,
): Refusal | undefined {
  if (access === undefined) return wanted?.isPublic === true ? undefined : noToken(auth, wanted?.scopes);
  return wanted && refuseScopes(wanted.scopes, access.scopes, auth);
}

/** @param wait in seconds. */
export function tooMany(
  reason: string,
  what: string,
  wait: number,
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  return new Refusal(429, reason, `${what}. Try again in ${wait} s.`, {
    headers: { ...headers, 'retry-after': String(wait) },
  });
}
