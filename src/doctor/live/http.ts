import { noAnswer } from '../../sign-in/discover.ts';

/** Longer than any server that works needs, in ms. */
const patience = 20_000;

/** An answer, as it came. */
export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON object in it; empty where it is something else. */
  readonly body: Readonly<Record<string, unknown>>;
}

function objectIn(text: string): Seen['body'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

/**
 * Asks once, and follows no redirect.
 * @throws UserError (`no-answer`) where nobody answers; what aborted the signal.
 */
export async function ask(signal: AbortSignal, url: string, init: RequestInit = {}): Promise<Seen> {
  try {
    const limits = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
    const response = await fetch(url, { redirect: 'manual', ...init, signal: limits });
    return { status: response.status, headers: response.headers, body: objectIn(await response.text()) };
  } catch (error) {
    signal.throwIfAborted();
    throw noAnswer(url, error);
  }
}

/** Sends a form, as token endpoints take it. */
export function post(
  signal: AbortSignal,
  url: string,
  form: Readonly<Record<string, string>>,
): Promise<Seen> {
  return ask(signal, url, { method: 'POST', body: new URLSearchParams(form) });
}

/** @returns names and types of an object's members: its values are nobody's business. */
export function membersOf(body: Seen['body']): Record<string, string> {
  const typeOf = (value: unknown) =>
    value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return Object.fromEntries(
    Object.entries(body)
      .map(([name, value]) => [name, typeOf(value)] as const)
      .sort(([one], [other]) => one.localeCompare(other)),
  );
}
