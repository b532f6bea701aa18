// What never becomes a request: headers that are too large, bytes that are not HTTP, a request that does not arrive in time.
// Node refuses these before any handler runs; here the client is told why, and so is the log.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { always } from './exchange.ts';
import type { Log } from './log.ts';

/** By the code of Node's error; any other code means that the bytes are not HTTP. */
const refusals: Readonly<Record<string, readonly [status: number, phrase: string, reason: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'headers_size'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'Payload Too Large', 'body_size'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'too_slow'],
};
const notHttp = [400, 'Bad Request', 'not_http'] as const;
/** What often comes instead of HTTP, by its first bytes, and what to do about it. */
const otherProtocols: ReadonlyArray<readonly [start: string, message: string]> = [
  [
    '\x16\x03',
    'This is TLS, and plain HTTP is spoken here: use http://, or a proxy in front that takes https',
  ],
  ['PROXY ', 'This is the PROXY protocol, which is not spoken here: switch it off at the load balancer'],
  [
    '\r\n\r\n\0\r\nQUIT\n',
    'This is the PROXY protocol, which is not spoken here: switch it off at the load balancer',
  ],
  ['PRI * HTTP/2', 'This is HTTP/2, which is not spoken here: let the proxy use HTTP/1.1'],
];
/** How long the rest is still read, in milliseconds, so that the answer arrives. */
const patience = 1000;

/** Refuses what never becomes a request. */
export class ClientErrors {
  readonly #messages: Readonly<Record<string, string>>;
  readonly #log: Log;
  /** The latest answer on each connection. */
  readonly #answers = new WeakMap<Duplex, ServerResponse>();

  /** @param maxHeaderBytes for the message. */
  constructor(maxHeaderBytes: number, log: Log) {
    this.#log = log;
    this.#messages = {
      headers_size: `The headers are larger than ${maxHeaderBytes} bytes; MAX_HEADER_BYTES sets the limit`,
      body_size: 'The chunk extensions of the body are too large',
      too_slow: 'The request did not come in time',
      not_http: 'This is not an HTTP request',
    };
  }

  /** Notes every request, so that a later error on its connection does not get ahead of its answer. */
  follow(req: IncomingMessage, res: ServerResponse): void {
    this.#answers.set(req.socket, res);
  }

  /** For the `clientError` event of node:http's server. */
  readonly refuse = (error: Error, socket: Duplex): void => {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ECONNRESET' || socket.destroyed) return void socket.destroy();
    // More bytes on a connection that has its refusal already.
    if (!socket.writable) return;
    const [status, phrase, reason] = refusals[code] ?? notHttp;
    const message = nameOf((error as { rawPacket?: Buffer }).rawPacket) ?? this.#messages[reason];
    this.#log('info', 'refused', { reason, message, status, address: addressOf(socket) });
    const before = this.#answers.get(socket);
    const isOwed = before && !before.writableFinished && (before.req.complete || before.headersSent);
    if (isOwed) return void before.once('close', () => socket.destroy());
    socket.end(answer(status, phrase, reason, message));
    const cut = setTimeout(() => socket.destroy(), patience).unref();
    socket.once('close', () => clearTimeout(cut)).resume();
  };
}

/** @returns what the bytes are, if that is known. */
function nameOf(packet: Buffer | undefined): string | undefined {
  const start = packet?.toString('latin1', 0, 16) ?? '';
  return otherProtocols.find(([bytes]) => start.startsWith(bytes))?.[1];
}

function addressOf(socket: Duplex): string | undefined {
  const { remoteAddress } = socket as { remoteAddress?: string };
  return remoteAddress?.replace(/^::ffff:(?=[\d.]+$)/i, '');
}

/** The Origin is unknown, and the answer contains nothing that a web page must not read. */
function answer(status: number, phrase: string, reason: string, message: string | undefined): string {
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: null,
    error: { code: status, message, data: { reason } },
  });
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'access-control-allow-origin': '*',
    connection: 'close',
    ...always,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${phrase}\r\n${lines.join('')}\r\n${body}`;
}
