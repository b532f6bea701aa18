// One message to the MCP endpoint, and its answer: what HTTP and the protocol hand to each other.
import type { IncomingHttpHeaders } from 'node:http';
import type { Access } from './access.ts';
import type { Refusal } from './refusal.ts';

/** A request whose token is good, or that may do without one, and whose body is one JSON object. */
export interface McpRequest {
  readonly id: string;
  /** What the token allows; undefined if there is none, and there are public tools. */
  readonly access: Access | undefined;
  /** Whom the limits count it for: a user, or an address. */
  readonly holder: string;
  readonly headers: IncomingHttpHeaders;
  readonly message: Readonly<Record<string, unknown>>;
  /** Calls back when the client hangs up before it has its answer. */
  readonly onHangUp: (callback: () => void) => void;
  /** Set when a call was refused. The answer's body says so in JSON-RPC; this is for its status and headers. */
  refusal?: Refusal;
}

export interface McpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | ReadableStream<Uint8Array>;
  /** Ends a stream. */
  end?(): void;
}

/** @returns whether the client takes a stream for an answer. Those that do say so, since 2025-03-26. */
export function takesStream({ accept = '' }: IncomingHttpHeaders): boolean {
  return accept.toLowerCase().includes('text/event-stream');
}
