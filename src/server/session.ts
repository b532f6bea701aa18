// What clients of 2025 have to send along (`Mcp-Session-Id`). There are no sessions on the server: the id only repeats what the
// client has said of itself in `initialize`, since a later request does not say it again. It is no proof of anything.
import { randomUUID } from 'node:crypto';

const form = /^asks-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** @returns a session id for a client that can ask a person; nothing for all others, and for any message but `initialize`. */
export function sessionFor(message: Readonly<Record<string, unknown>>): string | undefined {
  if (message.method !== 'initialize') return undefined;
  const { capabilities } = (message.params ?? {}) as { capabilities?: unknown };
  return hasForms(capabilities) ? `asks-${randomUUID()}` : undefined;
}

/** @param header the value of `Mcp-Session-Id`. */
export function asksBySession(header: unknown): boolean {
  return typeof header === 'string' && form.test(header);
}

/** @returns whether these capabilities of a client let it show a form. `{}` meant that, before there was anything else. */
export function hasForms(capabilities: unknown): boolean {
  const { elicitation } = (capabilities ?? {}) as { elicitation?: Readonly<Record<string, unknown>> };
  if (typeof elicitation !== 'object' || elicitation === null) return false;
  return elicitation.form !== undefined || Object.keys(elicitation).length === 0;
}
