// A connection for one request and its answer: what the SDK's server is connected to, in place of a web Response.
import {
  type JSONRPCMessage,
  type JSONRPCRequest,
  type MessageClassification,
  PerRequestHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { EventStream } from './event-stream.ts';

/** One message; or, where something was to be said before it, a stream of them. Nothing where the client hung up before. */
export type Answered = JSONRPCMessage | EventStream | undefined;

/**
 * The base class tells the server which protocol the request speaks. Its streams and web objects are replaced: nearly all
 * answers are one message, which is handed over as it is. The first message on the way to it (progress, a question) makes a
 * stream of the answer, for clients that take one.
 */
export class SingleAnswer extends PerRequestHTTPServerTransport {
  readonly #classification: MessageClassification;
  readonly #canStream: boolean;
  #answered: (answer?: Answered) => void = () => {};
  #stream: EventStream | undefined;

  /**
   * @param classification which protocol the request speaks.
   * @param canStream whether the client takes a stream for an answer.
   */
  constructor(classification: MessageClassification, canStream: boolean) {
    super({ classification });
    this.#classification = classification;
    this.#canStream = canStream;
  }

  async ask(request: JSONRPCRequest): Promise<Answered> {
    return await new Promise((resolve) => {
      this.#answered = resolve;
      this.onmessage?.(request, { classification: this.#classification });
    });
  }

  override async send(message: JSONRPCMessage): Promise<void> {
    if ('method' in message) return this.#sendBefore(message);
    if (this.#stream === undefined) return this.#answered(message);
    this.#stream.send(message, false);
    this.#stream.end();
  }

  override async close(): Promise<void> {
    this.#answered();
    this.#stream?.end();
    this.onclose?.();
  }

  #sendBefore(message: JSONRPCMessage & { method: string }): void {
    if (!this.#canStream) return;
    if (this.#stream === undefined) {
      this.#stream = new EventStream(() => void this.close());
      this.#answered(this.#stream);
    }
    this.#stream.send(message, message.method === 'notifications/progress');
  }
}
