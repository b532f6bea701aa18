// The end of a connection whose request was answered before all of it had come.
import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * How many bytes of a refused body are still read, and for how many milliseconds: most clients send everything before they
 * read the answer, and would otherwise see a broken connection.
 */
const takenBytes = 1024 * 1024;
const patience = 3000;

/**
 * Reads what still arrives of a request that is about to be answered. Where the connection ends with this answer, only our
 * half is closed, and the other is read for a while (RFC 9112, section 9.6): Node would close both at once, and while bytes
 * still arrive, that takes the answer away from the client.
 */
export function linger(req: IncomingMessage, res: ServerResponse): void {
  const { socket } = req;
  let bytes = 0;
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > takenBytes) req.pause();
  });
  // A body that is not read to its end cannot be followed by another request.
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
  // On a connection that stays open, everything is as before.
  res.once('close', () => {
    if (req.readableEnded && res.shouldKeepAlive) restore();
    else if (res.shouldKeepAlive) req.once('end', restore);
  });
}
