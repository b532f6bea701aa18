// A connection for one request and its answer, to which the SDK's server is connected instead of a web Response.
import {
  type JSONRPCMessage,
  type JSONRPCRequest,
  type MessageClassification,
  PerRequestHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { EventStream } from './event-stream.ts';
import type { OpenRequests } from './open-requests.ts';

/** One message, or a stream if something came before it. Nothing if the client disconnected first. */
export type Answered = JSONRPCMessage | EventStream | undefined;

/** Who gets the answer. */
export interface Receiver {
  readonly takesStream: boolean;
  readonly userId: string;
  readonly openRequests: OpenRequests;
}

/**
 * The base class tells the server which protocol the request speaks. Its streams and web objects are replaced: nearly all
 * answers are one message, which is handed over as it is. The first message on the way to it (progress, a question) makes a
 * stream of the answer, for clients that take one.
 */
export class SingleAnswer extends PerRequestHTTPServerTransport {
  readonly #classification: MessageClassification;
  readonly #receiver: Receiver;
  #answered: (answer?: Answered) => void = () => {};
  #stream: EventStream | undefined;
  /** Ids of questions that have no answer yet. */
  #questions: string[] | undefined;

  /** @param classification which protocol the request speaks. */
  constructor(classification: MessageClassification, receiver: Receiver) {
    super({ classification });
    this.#classification = classification;
    this.#receiver = receiver;
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
    this.#end();
  }

  override async close(): Promise<void> {
    this.#answered();
    this.#end();
    this.onclose?.();
  }

  #sendBefore(message: JSONRPCMessage & { method: string }): void {
    if (!this.#receiver.takesStream) return;
    if (this.#stream === undefined) {
      this.#stream = new EventStream(() => void this.close());
      this.#answered(this.#stream);
    }
    const sent = 'id' in message ? this.#named(message as JSONRPCRequest) : message;
    this.#stream.send(sent, message.method === 'notifications/progress');
  }

  /** The SDK counts the requests of each server from 0, and there is a server a request: with us they have a name of their own. */
  #named(request: JSONRPCRequest): JSONRPCRequest {
    const { openRequests, userId } = this.#receiver;
    const deliver = (answer: object) =>
      this.onmessage?.({ ...answer, id: request.id } as JSONRPCMessage, {
        classification: this.#classification,
      });
    const id = openRequests.add(userId, deliver);
    this.#questions ??= [];
    this.#questions.push(id);
    return { ...request, id };
  }

  #end(): void {
    for (const id of this.#questions ?? []) this.#receiver.openRequests.remove(id);
    this.#stream?.end();
  }
}
