// An answer in several parts: server-sent events, each one JSON-RPC message (MCP, Streamable HTTP).
import type { JSONRPCMessage } from '@modelcontextprotocol/server';

/** How many bytes may wait for a slow client before progress reports are dropped. */
const mostWaiting = 64 * 1024;
/** Load balancers close idle connections; a comment keeps one alive. */
const keepAlive = 15_000;

export class EventStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly #encoder = new TextEncoder();
  readonly #timer: NodeJS.Timeout;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #isOver = false;

  /** @param onCancel called when nobody reads any more. */
  constructor(onCancel: () => void) {
    const cancel = () => {
      this.#finish();
      onCancel();
    };
    const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      this.#controller = controller;
    };
    const strategy = new ByteLengthQueuingStrategy({ highWaterMark: mostWaiting });
    this.readable = new ReadableStream({ start, cancel }, strategy);
    this.#timer = setInterval(() => this.#write(': still there\n\n', true), keepAlive).unref();
  }

  /** @param isDroppable whether a slow client can do without it. */
  send(message: JSONRPCMessage, isDroppable: boolean): void {
    this.#write(`event: message\ndata: ${JSON.stringify(message)}\n\n`, isDroppable);
  }

  end(): void {
    if (this.#finish()) this.#controller.close();
  }

  #write(frame: string, isDroppable: boolean): void {
    if (this.#isOver || (isDroppable && (this.#controller.desiredSize ?? 0) <= 0)) return;
    this.#controller.enqueue(this.#encoder.encode(frame));
  }

  /** @returns false if it was over already. */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    clearInterval(this.#timer);
    return true;
  }
}
