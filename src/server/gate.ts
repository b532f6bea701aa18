// The gate before every tool, resource and prompt: the user's rate limit, then the scopes.
import type { Access } from './access.ts';
import { refuseScopes } from './authenticate.ts';
import type { Limits } from './limits.ts';
import type { ScalekitProvider } from './provider.ts';
import { Refusal } from './refusal.ts';

/**
 * Counts a call and looks at its scopes.
 * @param wanted undefined where nothing has that name: guessing names is limited, too.
 * @returns why the call is refused, or nothing when it may run.
 */
export async function refuseCall(
  wanted: { readonly scopes: readonly string[] } | undefined,
  access: Access,
  { auth, limits }: { auth: ScalekitProvider; limits: Limits },
): Promise<Refusal | undefined> {
  const wait = await limits.toolCall(access.user.id);
  if (wait !== undefined) return tooMany('tool_calls_limit', 'Too many tool calls', wait);
  if (wanted === undefined) return undefined;
  return refuseScopes(wanted.scopes, access.scopes, auth);
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
