// A `Request` and its `Response`, for hosts that do the listening themselves: Hono, serverless hosts.
import { tooLarge } from './body.ts';
import { always, Exchange, type Incoming } from './exchange.ts';

/** A `Request` that is to become a `Response`. */
export class FetchExchange extends Exchange {
  /** The answer, once there is one. */
  readonly response: Promise<Response>;
  readonly #request: Request;
  readonly #ends: Array<() => void> = [];
  #answer: (response: Response) => void = () => {};
  #isOver = false;

  constructor(request: Request) {
    super(incomingOf(request));
    this.#request = request;
    this.response = new Promise((resolve) => {
      this.#answer = resolve;
    });
    if (request.signal.aborted) this.#end();
    request.signal.addEventListener('abort', () => this.#end(), { once: true });
  }

  /** Nobody says: `X-Forwarded-For` counts, as far as proxies are trusted. */
  get peer(): undefined {
    return undefined;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  onHangUp(callback: () => void): void {
    const { signal } = this.#request;
    if (signal.aborted) return void callback();
    signal.addEventListener('abort', callback, { once: true });
  }

  onEnd(callback: () => void): void {
    this.#ends.push(callback);
  }

  async readBody(maximumBytes: number): Promise<Buffer> {
    const { body, headers } = this.#request;
    if (Number(headers.get('content-length') ?? 0) > maximumBytes) throw tooLarge(maximumBytes);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of body ?? []) {
      bytes += chunk.length;
      // Leaving the loop cancels the rest.
      if (bytes > maximumBytes) throw tooLarge(maximumBytes);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  async send(
    status: number,
    headers: Readonly<Record<string, string>>,
    body: string | ReadableStream<Uint8Array> = '',
  ): Promise<void> {
    const all = { ...always, ...this.cors, ...headers };
    const isEmpty = status === 204 || status === 202 || this.req.method === 'HEAD';
    if (typeof body === 'string') {
      this.#answer(new Response(isEmpty ? null : body, { status, headers: all }));
      return this.#end();
    }
    this.#answer(
      new Response(
        followed(body, () => this.#end()),
        { status, headers: all },
      ),
    );
  }

  drop(): void {
    // The host wants a `Response`, whether somebody still waits for it or not.
    this.#answer(new Response(null, { status: 500, headers: always }));
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const callback of this.#ends) callback();
  }
}

/** Several headers of one name are one text here; of those that may be there once, that makes none that is right. */
function incomingOf(request: Request): Incoming {
  const { host, pathname, search } = new URL(request.url);
  const headers = { host, ...Object.fromEntries(request.headers) };
  return {
    method: request.method,
    url: pathname + search,
    headers,
    rawHeaders: Object.entries(headers).flat(),
  };
}

/** The same stream, and a call when it has been read to its end, has failed, or nobody reads it any more. */
function followed(body: ReadableStream<Uint8Array>, onEnd: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        onEnd();
        throw error;
      });
      if (!done) return controller.enqueue(value);
      controller.close();
      onEnd();
    },
    async cancel(reason) {
      onEnd();
      await reader.cancel(reason);
    },
  });
}
