// One HTTP request and its answer.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Access } from './access.ts';

/** Every answer says this: it is for its receiver only, and it is what its type says. */
const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
/**
 * Of a refused body so many bytes are still taken, and for so many milliseconds the connection is kept: most clients
 * send all before they read the answer, and would see a broken connection in its place.
 */
const droppedBytes = 1024 * 1024;
const patience = 3000;
/** An answer that nobody takes stays in memory no longer than this, in milliseconds. */
const untakenFor = 30_000;

export class Exchange {
  /** Names this request in the log, and in answers that somebody may ask about. */
  readonly id = randomUUID();
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** The path as it was sent, without the query. */
  readonly path: string;
  /** Go on every answer. */
  cors: Readonly<Record<string, string>> = {};
  /** Known once the token was found good. */
  access: Access | undefined;

  constructor(req: IncomingMessage, res: ServerResponse) {
    this.req = req;
    this.res = res;
    [this.path = ''] = (req.url ?? '').split('?', 1);
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
    if (!req.complete) this.#dropRest();
    const length =
      typeof body === 'string' && status !== 204 ? { 'content-length': Buffer.byteLength(body) } : {};
    res.writeHead(status, { ...always, ...length, ...cors, ...headers });
    if (typeof body !== 'string') return await pipeline(Readable.fromWeb(body), res);
    const cut = setTimeout(() => res.destroy(), untakenFor).unref();
    res.once('close', () => clearTimeout(cut)).end(body);
  }

  #dropRest(): void {
    const { req, res } = this;
    const { shouldKeepAlive } = res;
    // Node would close as soon as the answer is out. With bytes still coming that breaks the connection.
    res.shouldKeepAlive = true;
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > droppedBytes) req.pause();
    });
    res.once('finish', () => {
      const close = () => (shouldKeepAlive ? undefined : req.socket.end());
      if (req.readableEnded) return close();
      const cut = setTimeout(() => req.socket.destroy(), patience).unref();
      req.once('end', () => {
        clearTimeout(cut);
        close();
      });
    });
  }
}

/** Some proxies write the port, too; and IPv4 can come dressed as IPv6. */
function ipAddress(text = ''): string | undefined {
  const [, v6, v4] = /^\[(.*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text.trim()) ?? [];
  const address = (v6 ?? v4 ?? text.trim()).replace(/^::ffff:(?=[\d.]+$)/i, '');
  return isIP(address) ? address : undefined;
}
