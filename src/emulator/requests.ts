import { IncomingMessage } from 'node:http';

/** No valid request is larger. */
const maximumBytes = 64 * 1024;

/** A request's body is larger than any valid one. */
export class BodyTooLarge extends Error {}

/**
 * Reads a body as text.
 * @throws BodyTooLarge above 64 KB.
 */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > maximumBytes) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** @returns the same request with another body, unread, for the library to read. */
export function withBody(request: IncomingMessage, body: string): IncomingMessage {
  const replay = new IncomingMessage(request.socket);
  replay.method = request.method;
  replay.url = request.url;
  replay.httpVersion = request.httpVersion;
  replay.headers = { ...request.headers, 'content-length': String(Buffer.byteLength(body)) };
  delete replay.headers['transfer-encoding'];
  replay.push(body);
  replay.push(null);
  // Otherwise the stream counts as aborted when it ends, and destroys the socket.
  replay.complete = true;
  return replay;
}

/** Removes a cookie and its signature from a request. */
export function withoutCookie(request: IncomingMessage, name: string): void {
  const kept = (request.headers.cookie ?? '')
    .split(';')
    .filter((pair) => !pair.trim().startsWith(`${name}=`) && !pair.trim().startsWith(`${name}.sig=`));
  request.headers.cookie = kept.join(';');
}
