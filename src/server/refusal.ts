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
  /**
   * The JSON-RPC error code: the HTTP status, unless MCP or JSON-RPC has one of its own for it. -32000 and what is near it is
   * not for new servers (MCP 2026-07-28, "Error Codes").
   */
  readonly code: number;

  /** @param message what is wrong and what to do about it. It never repeats what the client sent. */
  constructor(
    status: number,
    reason: string,
    message: string,
    {
      headers = {},
      code = status,
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

/**
 * @param requestId for a refusal that somebody may ask about.
 * @param id that of the JSON-RPC request, where it has been read.
 * @returns the JSON-RPC error that says it.
 */
export function refusalBody({ code, message, reason }: Refusal, requestId?: string, id?: unknown): string {
  const known = typeof id === 'string' || typeof id === 'number' ? id : null;
  return JSON.stringify({ jsonrpc: '2.0', id: known, error: { code, message, data: { reason, requestId } } });
}

/** @param allow the methods that are served. @returns the 405. */
export function notAllowed(allow: string): Refusal {
  return new Refusal(405, 'method', `Only ${allow} are allowed here`, { headers: { allow } });
}
