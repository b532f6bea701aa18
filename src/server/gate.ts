// The gate before every tool: the user's rate limit, then the scopes.
import type { Access } from './access.ts';
import type { Limits } from './limits.ts';
import type { ScalekitProvider } from './provider.ts';
import { Refusal } from './refusal.ts';
import type { Tool } from './tool.ts';

/**
 * Counts a call and looks at its scopes.
 * @param tool nothing where there is none of that name: trying names is limited, too.
 * @returns why this tool is not called with this token, or nothing when it may be called.
 */
export async function refuseCall(
  tool: Tool | undefined,
  access: Access,
  { auth, limits }: { auth: ScalekitProvider; limits: Limits },
): Promise<Refusal | undefined> {
  const wait = await limits.toolCall(access.user.id);
  if (wait !== undefined) return tooMany('tool_calls_limit', 'Too many tool calls', wait);
  if (tool === undefined) return undefined;
  const missing = tool.scopes.filter((scope) => !access.scopes.has(scope));
  return missing.length > 0 ? insufficientScope(missing, tool, access, auth) : undefined;
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

/**
 * Sends the client for a better token. It is to ask for what the tool needs AND for what it should keep: many clients
 * replace their scopes by those in the challenge, and would be back here with the next tool.
 */
function insufficientScope(
  missing: readonly string[],
  tool: Tool,
  access: Access,
  auth: ScalekitProvider,
): Refusal {
  const names = new Intl.ListFormat('en').format(missing.map((scope) => `\`${scope}\``));
  const description = `Insufficient permissions: ${names} ${missing.length > 1 ? 'scopes' : 'scope'} required.`;
  const wanted = auth.scopes.inOrder(new Set([...auth.scopes.base, ...access.scopes, ...tool.scopes]));
  return new Refusal(403, 'insufficient_scope', description, {
    headers: { 'www-authenticate': auth.challenge({ code: 'insufficient_scope', description }, wanted) },
  });
}
