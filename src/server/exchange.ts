// One HTTP request and its answer.
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Access } from './access.ts';
import { readBytes } from './body.ts';
import { linger } from './linger.ts';

/** On every answer: it is for its receiver only, and is what its type says. */
export const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
/** An answer that nobody reads stays in memory no longer than this, in milliseconds. */
const untakenFor = 30_000;

/** Whether the server is shutting down: then clients are told to use another connection. */
export interface Life {
  isEnding: boolean;
}

/** The parts of a request that are used, whatever carries it; node:http's `IncomingMessage` has all of them. */
export interface Incoming {
  readonly method?: string | undefined;
  /** The request target as it was sent. */
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[];
}

/**
 * @param name in small letters.
 * @returns each value of a header. node:http's `headersDistinct` would make lists of all headers for that, and its `headers`
 * has of some headers the first value alone.
 */
export function valuesOf({ headers, rawHeaders }: Incoming, name: string): readonly string[] {
  const values: string[] = [];
  if (headers[name] === undefined) return values;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const sent = rawHeaders[at] as string;
    if (sent.length === name.length && sent.toLowerCase() === name) values.push(rawHeaders[at + 1] as string);
  }
  return values;
}

/** One request and its answer. */
export abstract class Exchange {
  /** Identifies this request in the log, and in answers that somebody may ask about. */
  readonly id = randomUUID();
  readonly req: Incoming;
  /** The path as it was sent, without the query. */
  readonly path: string;
  /** The host of a request target in absolute form, which outranks the Host header (RFC 9112, section 3.2.2). */
  readonly authority: string | undefined;
  /** Headers that go on every answer. */
  cors: Readonly<Record<string, string>> = {};
  /** Known once the token was found good. */
  access: Access | undefined;

  constructor(req: Incoming) {
    this.req = req;
    const [target = ''] = (req.url ?? '').split('?', 1);
    const absolute = target.startsWith('/') ? null : /^https?:\/\/([^/]*)(.*)$/i.exec(target);
    this.authority = absolute?.[1];
    this.path = absolute ? absolute[2] || '/' : target;
  }

  /** The address at the other end of the connection, if it is known. */
  abstract get peer(): string | undefined;
  /** Whether the client has disconnected, or already has part of an answer, so that nothing more can be sent. */
  abstract get isOver(): boolean;
  /** Calls back when the client disconnects before its answer is complete; immediately if it already has. */
  abstract onHangUp(callback: () => void): void;
  /** Calls back when the answer has been sent, or the connection has ended. */
  abstract onEnd(callback: () => void): void;
  /** @throws Refusal if the body is too large; the rest of it is not read then. */
  abstract readBody(maximumBytes: number): Promise<Buffer>;
  abstract send(
    status: number,
    headers: Readonly<Record<string, string>>,
    body?: string | ReadableStream<Uint8Array>,
  ): Promise<void>;
  /** Ends it without an answer. */
  abstract drop(): void;

  /**
   * The client's IP address; empty if it is not known.
   * @param proxies how many proxies in front are ours: each adds the address that it saw to `X-Forwarded-For`.
   */
  address(proxies: number): string {
    const forwarded = proxies > 0 ? String(this.req.headers['x-forwarded-for'] ?? '').split(',') : [];
    return ipAddress(forwarded.at(-proxies)) ?? ipAddress(this.peer) ?? '';
  }
}

/** A request to node:http's server. */
export class NodeExchange extends Exchange {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #life: Life;

  constructor(req: IncomingMessage, res: ServerResponse, life: Life) {
    super(req);
    this.#req = req;
    this.#res = res;
    this.#life = life;
  }

  get peer(): string | undefined {
    return this.#req.socket.remoteAddress;
  }

  get isOver(): boolean {
    return this.#res.destroyed || this.#res.headersSent || this.#req.socket.destroyed;
  }

  onHangUp(callback: () => void): void {
    if (this.#res.destroyed || this.#req.socket.destroyed) return void callback();
    this.onEnd(() => {
      if (!this.#res.writableFinished) callback();
    });
  }

  onEnd(callback: () => void): void {
    const res = this.#res;
    if (res.socket !== null) return void res.once('close', callback);
    // It waits behind other answers of its connection (pipelining), and Node 20 does not tell it that the connection ended.
    const waiting = waitingOn(this.#req.socket);
    const end = () => {
      if (waiting.delete(end)) callback();
    };
    waiting.add(end);
    res.once('close', end);
  }

  readBody(maximumBytes: number): Promise<Buffer> {
    return readBytes(this.#req, maximumBytes);
  }

  async send(
    status: number,
    headers: Readonly<Record<string, string>>,
    body: string | ReadableStream<Uint8Array> = '',
  ): Promise<void> {
    const res = this.#res;
    if (this.#life.isEnding) res.shouldKeepAlive = false;
    if (!this.#req.complete) linger(this.#req, res);
    const length =
      typeof body === 'string' && status !== 204 ? { 'content-length': Buffer.byteLength(body) } : {};
    res.writeHead(status, { ...always, ...length, ...this.cors, ...headers });
    if (typeof body !== 'string') return await pipeline(Readable.fromWeb(body), res);
    res.end(body);
    // The system has taken all of it.
    if (res.writableLength === 0) return;
    const cut = setTimeout(() => res.destroy(), untakenFor).unref();
    res.once('close', () => clearTimeout(cut));
  }

  drop(): void {
    this.#res.destroy();
  }
}

const callbacks = new WeakMap<Socket, Set<() => void>>();

/** What is called when a connection ends: one listener for all requests that came over it at once. */
function waitingOn(socket: Socket): Set<() => void> {
  const known = callbacks.get(socket);
  if (known) return known;
  const waiting = new Set<() => void>();
  callbacks.set(socket, waiting);
  socket.once('close', () => {
    for (const end of waiting) end();
  });
  return waiting;
}

/** Some proxies add the port, and an IPv4 address may be written as IPv6. */
function ipAddress(text = ''): string | undefined {
  const [, v6, v4] = /^\[(.*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text.trim()) ?? [];
  const address = (v6 ?? v4 ?? text.trim()).replace(/^::ffff:(?=[\d.]+$)/i, '');
  return isIP(address) ? address : undefined;
}
