import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** One header line as it came, name and value apart. */
export type HeaderLine = readonly [name: string, value: string];

/** An HTTP answer as it was on the wire. `status` 0: the connection ended without one. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: readonly HeaderLine[];
  readonly body: string;
  /** From the last byte of the request's first part to the end of the answer, in milliseconds. */
  readonly milliseconds: number;
}

/** What happened on one connection. */
export interface Exchange {
  /** Every final answer that came, in order; `1xx` are left out. */
  readonly answers: readonly WireAnswer[];
  /** How it ended: the wanted answers are there, the server closed, or we stopped waiting. */
  readonly end: 'answered' | 'closed' | 'timeout';
  /** Bytes that the server took before it answered or closed. */
  readonly bytesSent: number;
}

export interface Peer {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

export interface SendOptions {
  /** How many answers to wait for; `'close'` waits until the server closes. Default 1. */
  readonly answers?: number | 'close';
  /** Sent after the first part, each once the last one is out, until an answer arrives. */
  readonly more?: Iterable<Uint8Array>;
  /** Pause between two parts of `more`, in milliseconds: how a slow client drips. Default 0. */
  readonly pauseMs?: number;
  /** Sent when it is there. */
  readonly later?: Promise<Uint8Array>;
  /** Closes our half of the connection after the last byte. */
  readonly halfClose?: boolean;
  /** Default 20,000: on a busy machine enough, and less than a server waits for the rest of a body (30 s). */
  readonly timeoutMs?: number;
}

const noAnswer = (milliseconds: number): WireAnswer => ({ status: 0, headers: [], body: '', milliseconds });

/** @returns a header's value by its name in any case, or undefined. */
export function headerOf(answer: WireAnswer, name: string): string | undefined {
  return answer.headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/** @returns the last of an exchange's answers, or one with status 0 if none came. */
export function lastAnswer(exchange: Exchange): WireAnswer {
  return exchange.answers.at(-1) ?? noAnswer(0);
}

interface Parsed {
  readonly answer: Omit<WireAnswer, 'milliseconds'>;
  readonly rest: Buffer;
}

function parseHead(head: string): { status: number; headers: HeaderLine[] } {
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line): HeaderLine => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1] ?? 0), headers };
}

/** Takes chunks off a chunked body; undefined while its end is not there yet. */
function parseChunked(bytes: Buffer): { body: string; rest: Buffer } | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const start = lineEnd + 2;
    if (Number.isNaN(size) || bytes.length < start + size + 2) return undefined;
    if (size === 0) return { body: Buffer.concat(parts).toString(), rest: bytes.subarray(start + 2) };
    parts.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
}

/**
 * Takes one answer off what was received.
 * @param closed whether the server has closed, which ends a body that has no length.
 */
function parseAnswer(bytes: Buffer, isHead: boolean, closed: boolean): Parsed | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const { status, headers } = parseHead(bytes.toString('latin1', 0, headEnd));
  const after = bytes.subarray(headEnd + 4);
  const value = (name: string) => headers.find(([key]) => key.toLowerCase() === name)?.[1];
  if (isHead || status < 200 || status === 204 || status === 304)
    return { answer: { status, headers, body: '' }, rest: after };
  if (value('transfer-encoding') !== undefined) {
    const chunked = parseChunked(after);
    if (chunked) return { answer: { status, headers, body: chunked.body }, rest: chunked.rest };
    return closed
      ? { answer: { status, headers, body: after.toString() }, rest: Buffer.alloc(0) }
      : undefined;
  }
  const length = value('content-length');
  const size = length === undefined ? (closed ? after.length : undefined) : Number(length);
  if (size === undefined || (after.length < size && !closed)) return undefined;
  return { answer: { status, headers, body: after.toString('utf8', 0, size) }, rest: after.subarray(size) };
}

function open(peer: Peer): Socket {
  const options = { host: peer.host, port: peer.port, allowHalfOpen: true };
  return peer.tls
    ? connectTls({ ...options, servername: peer.host, ALPNProtocols: ['http/1.1'] })
    : connectTcp(options);
}

/** Waits until a socket takes more, or is closed. */
async function drained(socket: Socket): Promise<void> {
  const done = new AbortController();
  await Promise.race(
    ['drain', 'close'].map((event) => once(socket, event, { signal: done.signal }).catch(() => {})),
  );
  done.abort();
}

/** Hands the parts of a long or slow request to the socket, as fast as it takes them, until told to stop. */
async function drip(socket: Socket, options: SendOptions, stopped: () => boolean): Promise<void> {
  for (const part of options.more ?? []) {
    if (options.pauseMs) await new Promise((resolve) => setTimeout(resolve, options.pauseMs));
    if (stopped() || !socket.writable) return;
    if (!socket.write(part)) await drained(socket);
  }
  if (options.halfClose && !stopped()) socket.end();
}

/**
 * Sends bytes on a connection of their own and reads what comes back. `fetch` would tidy up exactly what an attacker
 * leaves untidy, hence the socket.
 * @throws Error with a code such as ECONNREFUSED if the server can't be reached at all.
 */
export function send(peer: Peer, first: string | Uint8Array, options: SendOptions = {}): Promise<Exchange> {
  const start = performance.now();
  const isHead = Buffer.from(first).subarray(0, 5).toString('latin1') === 'HEAD ';
  const wanted = options.answers ?? 1;
  return new Promise((resolve, reject) => {
    const socket = open(peer);
    const answers: WireAnswer[] = [];
    let received: Buffer = Buffer.alloc(0);
    let connected = false;
    let done = false;
    const finish = (end: Exchange['end']) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      const { bytesWritten } = socket;
      socket.destroy();
      resolve({ answers, end, bytesSent: bytesWritten });
    };
    const timer = setTimeout(() => finish('timeout'), options.timeoutMs ?? 20_000);
    const read = (closed: boolean) => {
      for (;;) {
        const parsed = parseAnswer(received, isHead, closed);
        if (!parsed) return;
        received = parsed.rest;
        if (parsed.answer.status >= 200)
          answers.push({ ...parsed.answer, milliseconds: performance.now() - start });
        if (answers.length === wanted) finish('answered');
      }
    };
    const onClose = () => {
      read(true);
      finish(answers.length > 0 && wanted !== 'close' ? 'answered' : 'closed');
    };
    socket.on('connect', () => {
      connected = true;
      socket.write(first);
      void options.later?.then((part) => socket.write(part));
      void drip(socket, options, () => done || answers.length > 0);
    });
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      read(false);
    });
    socket.on('end', onClose);
    socket.on('close', onClose);
    socket.on('error', (error) => {
      if (connected) onClose();
      else {
        done = true;
        clearTimeout(timer);
        reject(error);
      }
    });
  });
}
