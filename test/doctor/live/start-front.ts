import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Front } from './fronts.ts';

export interface RunningFront {
  readonly origin: string;
  close(): Promise<void>;
}

/** Hands a request on to the server, under the name that it was asked for. */
function handOn(port: number, change: Front['change'], asked: IncomingMessage, answer: ServerResponse): void {
  const { method, url: path, headers } = asked;
  const forward = request({ host: 'localhost', port, method, path, headers }, (said) => {
    const own = Object.fromEntries(
      Object.entries(said.headers).map(([name, value]) => [name, String(value)]),
    );
    answer.writeHead(said.statusCode ?? 502, change?.(own) ?? own);
    said.pipe(answer);
  });
  forward.on('error', () => answer.destroy());
  asked.pipe(forward);
}

/**
 * Starts what stands in front of a server.
 * @param port of the server behind it.
 * @param tls a key and a certificate, if it speaks https.
 */
export async function startFront(
  front: Front,
  port: number,
  tls?: { readonly key: string; readonly cert: string },
): Promise<RunningFront> {
  const listener = (asked: IncomingMessage, answer: ServerResponse): void => {
    const headers = Object.fromEntries(
      Object.entries(asked.headers).map(([name, value]) => [name, value?.toString()]),
    );
    const reply = front.answer(new URL(asked.url ?? '/', 'http://localhost').pathname, headers);
    if (reply === undefined) {
      handOn(port, front.change, asked, answer);
      return;
    }
    asked.resume();
    const isText = typeof reply.body === 'string';
    const type = isText ? 'text/html' : 'application/json';
    answer.writeHead(reply.status, {
      ...(reply.body === undefined ? {} : { 'content-type': type }),
      ...reply.headers,
    });
    answer.end(isText ? reply.body : reply.body === undefined ? undefined : JSON.stringify(reply.body));
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    origin: `${tls === undefined ? 'http' : 'https'}://localhost:${own}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
