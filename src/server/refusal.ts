// A request that is not served: what the client is told, and the reason for the log.

/** Why a request is not served, and the answer that says so. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** The HTTP status. */
  readonly status: number;
  /** A short code, in the log and in the answer's `error.data.reason`. */
  readonly reason: string;
  /** Headers of the answer, such as a challenge. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON-RPC error code. */
  readonly code: number;

  /** @param message what is wrong and what to do about it. It never repeats what the client sent. */
  constructor(
    status: number,
    reason: string,
    message: string,
    {
      headers = {},
      code = -32_000,
      cause,
    }: { headers?: Record<string, string>; code?: number; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.status = status;
    this.reason = reason;
    this.headers = headers;
    this.code = code;
  }
}

/** @param requestId for a refusal that somebody may ask about. @returns the JSON-RPC error that says it. */
export function refusalBody({ code, message, reason }: Refusal, requestId?: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message, data: { reason, requestId } } });
}

/** @param allow the methods that are served. @returns the 405. */
export function notAllowed(allow: string): Refusal {
  return new Refusal(405, 'method', `Only ${allow} are allowed here`, { headers: { allow } });
}
