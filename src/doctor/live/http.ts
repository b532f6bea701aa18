import { fetchWithin, noAnswer } from '../../sign-in/discover.ts';
import { parseObject } from '../reading.ts';

/** An answer, as it came. */
export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON object in it; empty if it is something else. */
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Asks once, and follows no redirect.
 * @throws UserError (`no-answer`) if nobody answers; what aborted the signal.
 */
export async function ask(signal: AbortSignal, url: string, init: RequestInit = {}): Promise<Seen> {
  const response = await fetchWithin(signal)(url, { redirect: 'manual', ...init });
  const { status, headers } = response;
  const text = await response.text().catch((error: unknown) => {
    signal.throwIfAborted();
    throw noAnswer(url, error);
  });
  return { status, headers, body: parseObject(text) ?? {} };
}

/** Sends a form, as token endpoints take it. */
export function post(
  signal: AbortSignal,
  url: string,
  form: Readonly<Record<string, string>>,
): Promise<Seen> {
  return ask(signal, url, { method: 'POST', body: new URLSearchParams(form) });
}

/** @returns names and types of an object's members, without the values. */
export function membersOf(body: Seen['body']): Record<string, string> {
  const typeOf = (value: unknown) =>
    value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return Object.fromEntries(
    Object.entries(body)
      .map(([name, value]) => [name, typeOf(value)] as const)
      .sort(([one], [other]) => one.localeCompare(other)),
  );
}
