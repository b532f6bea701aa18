// The end of a connection whose request was answered before all of it had come.
import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Of a refused body so many bytes are still taken, and for so many milliseconds the connection is kept: most clients
 * send all before they read the answer, and would see a broken connection in its place.
 */
const takenBytes = 1024 * 1024;
const patience = 3000;

/**
 * Takes what still comes of a request that is about to be answered. Where the connection is to end with this answer, only
 * our half is closed, and the other one is read on for a while (RFC 9112, section 9.6): Node by itself would close both at
 * once, and with bytes still coming that takes the answer away from the client.
 */
export function linger(req: IncomingMessage, res: ServerResponse): void {
  const { socket } = req;
  let bytes = 0;
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > takenBytes) req.pause();
  });
  // What is not going to be read to its end cannot be followed by another request.
  if (Number(req.headers['content-length']) > takenBytes) res.shouldKeepAlive = false;
  // Node calls this when the last answer of a connection is out.
  socket.destroySoon = () => {
    if (req.readableEnded) return closeBoth();
    socket.end();
    req.once('end', closeBoth);
  };
  const closeBoth = () => {
    restore();
    socket.destroySoon();
  };
  const restore = () => void Reflect.deleteProperty(socket, 'destroySoon');
  res.once('finish', () => {
    if (req.readableEnded) return;
    const cut = setTimeout(() => socket.destroy(), patience).unref();
    req.once('end', () => clearTimeout(cut));
  });
  // A connection that goes on has this behind it.
  res.once('close', () => {
    if (req.readableEnded && res.shouldKeepAlive) restore();
    else if (res.shouldKeepAlive) req.once('end', restore);
  });
}
