// One HTTP request and its answer.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Access } from './access.ts';
import { linger } from './linger.ts';

/** Every answer says this: it is for its receiver only, and it is what its type says. */
export const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
/** An answer that nobody takes stays in memory no longer than this, in milliseconds. */
const untakenFor = 30_000;

/** Whether the server is about to end: then it tells everybody to take another connection. */
export interface Life {
  isEnding: boolean;
}

export class Exchange {
  /** Names this request in the log, and in answers that somebody may ask about. */
  readonly id = randomUUID();
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** The path as it was sent, without the query. */
  readonly path: string;
  /** The host of a request target in absolute form, which outranks the Host header (RFC 9112, section 3.2.2). */
  readonly authority: string | undefined;
  /** Go on every answer. */
  cors: Readonly<Record<string, string>> = {};
  /** Known once the token was found good. */
  access: Access | undefined;
  readonly #life: Life;

  constructor(req: IncomingMessage, res: ServerResponse, life: Life) {
    this.req = req;
    this.res = res;
    this.#life = life;
    const [target = ''] = (req.url ?? '').split('?', 1);
    const absolute = target.startsWith('/') ? null : /^https?:\/\/([^/]*)(.*)$/i.exec(target);
    this.authority = absolute?.[1];
    this.path = absolute ? absolute[2] || '/' : target;
  }

  /** Calls back when the client hangs up before its answer is complete. */
  readonly onHangUp = (callback: () => void): void => {
    this.res.once('close', () => {
      if (!this.res.writableFinished) callback();
    });
  };

  /**
   * Who is asking, as an IP address.
   * @param proxies how many proxies in front are ours: each adds the address that it saw to `X-Forwarded-For`.
   */
  address(proxies: number): string {
    const { headers, socket } = this.req;
    const forwarded = proxies > 0 ? String(headers['x-forwarded-for'] ?? '').split(',') : [];
    return ipAddress(forwarded.at(-proxies)) ?? ipAddress(socket.remoteAddress) ?? '';
  }

  async send(status: number, headers: Readonly<Record<string, string>>, body: string | ReadableStream = '') {
    const { req, res, cors } = this;
    if (this.#life.isEnding) res.shouldKeepAlive = false;
    if (!req.complete) linger(req, res);
    const length =
      typeof body === 'string' && status !== 204 ? { 'content-length': Buffer.byteLength(body) } : {};
    res.writeHead(status, { ...always, ...length, ...cors, ...headers });
    if (typeof body !== 'string') return await pipeline(Readable.fromWeb(body), res);
    const cut = setTimeout(() => res.destroy(), untakenFor).unref();
    res.once('close', () => clearTimeout(cut)).end(body);
  }
}

/** Some proxies write the port, too; and IPv4 can come dressed as IPv6. */
function ipAddress(text = ''): string | undefined {
  const [, v6, v4] = /^\[(.*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text.trim()) ?? [];
  const address = (v6 ?? v4 ?? text.trim()).replace(/^::ffff:(?=[\d.]+$)/i, '');
  return isIP(address) ? address : undefined;
}
