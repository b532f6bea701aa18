// What one user, or one address without a token, may hold at the same time. Rate limits do not bound it: a request can take long, an answer can wait to be read.
import { Refusal } from './refusal.ts';

/** Requests in progress, from their headers to the end of their answers. */
const mostRequests = 100;
/** Answers that stay open, among them. */
const mostStreams = 20;
/** Bytes of answers that were written to a connection and not yet read at its other end. */
const mostUntaken = 8 * 1024 * 1024;

interface Held {
  requests: number;
  streams: number;
  untaken: number;
}

export class Holdings {
  readonly #users = new Map<string, Held>();

  /**
   * Counts a request until its answer has been sent, or its connection has ended.
   * @throws Refusal when this user is at a limit.
   */
  enter(holder: string, request: { onEnd(callback: () => void): void }): Place {
    const held = this.#users.get(holder) ?? { requests: 0, streams: 0, untaken: 0 };
    if (held.requests >= mostRequests)
      throw wait('requests_at_once', `There are ${mostRequests} requests of this user under way`);
    if (held.untaken >= mostUntaken)
      throw wait('answers_not_taken', 'Earlier answers to this user have not been read');
    held.requests += 1;
    this.#users.set(holder, held);
    const place = new Place(held);
    request.onEnd(() => {
      place.leave();
      if (held.requests === 0) this.#users.delete(holder);
    });
    return place;
  }
}

/** One request's part in what its user holds. */
export class Place {
  readonly #held: Held;
  #untaken = 0;
  #streams = 0;

  constructor(held: Held) {
    this.#held = held;
  }

  /** Counts the bytes of an answer. */
  answer(bytes: number): void {
    this.#untaken += bytes;
    this.#held.untaken += bytes;
  }

  /** Counts a stream. @throws Refusal when there are too many. */
  stream(): void {
    if (this.#held.streams >= mostStreams)
      throw wait('streams_at_once', `This user has ${mostStreams} streams open`);
    this.#streams += 1;
    this.#held.streams += 1;
  }

  leave(): void {
    this.#held.requests -= 1;
    this.#held.streams -= this.#streams;
    this.#held.untaken -= this.#untaken;
  }
}

function wait(reason: string, what: string): Refusal {
  return new Refusal(429, reason, `${what}. Try again in a second.`, { headers: { 'retry-after': '1' } });
}
