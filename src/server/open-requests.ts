// Requests of the server's own, in the stream of an answer (clients of 2025): what a client answers comes with another POST.
import { randomUUID } from 'node:crypto';

type Message = Readonly<Record<string, unknown>>;

interface Open {
  readonly userId: string;
  readonly deliver: (answer: Message) => void;
}

/** They are in this process: where there are several, a balancer has to send what one client sends to one of them. */
export class OpenRequests {
  readonly #open = new Map<string, Open>();

  /** @param deliver called with the answer, once. @returns the request's id, which nobody else can guess. */
  add(userId: string, deliver: (answer: Message) => void): string {
    const id = randomUUID();
    this.#open.set(id, { userId, deliver });
    return id;
  }

  remove(id: string): void {
    this.#open.delete(id);
  }

  /** @returns whether somebody waited for this answer, and it is from the user who was asked. */
  answer(message: Message, userId: string): boolean {
    const id = String(message.id);
    const open = this.#open.get(id);
    if (open?.userId !== userId) return false;
    this.#open.delete(id);
    open.deliver(message);
    return true;
  }
}
