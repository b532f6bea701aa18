// A connection for one request and its answer: what the SDK's server is connected to, in place of a web Response.
import {
  type JSONRPCMessage,
  type JSONRPCRequest,
  type MessageClassification,
  PerRequestHTTPServerTransport,
} from '@modelcontextprotocol/server';

/**
 * The base class tells the server which protocol the request speaks. Its streams and web objects are replaced: the answer is
 * handed over as it is. Notifications on the way to it, such as progress, have nowhere to go.
 */
export class SingleAnswer extends PerRequestHTTPServerTransport {
  readonly #classification: MessageClassification;
  #answered: (answer?: JSONRPCMessage) => void = () => {};

  /** @param classification which protocol the request speaks. */
  constructor(classification: MessageClassification) {
    super({ classification });
    this.#classification = classification;
  }

  /** @returns the answer, or nothing where the client hung up before. */
  async ask(request: JSONRPCRequest): Promise<JSONRPCMessage | undefined> {
    return await new Promise((resolve) => {
      this.#answered = resolve;
      this.onmessage?.(request, { classification: this.#classification });
    });
  }

  override async send(message: JSONRPCMessage): Promise<void> {
    if (!('method' in message)) this.#answered(message);
  }

  override async close(): Promise<void> {
    this.#answered();
    this.onclose?.();
  }
}
