import { once } from 'node:events';
import { createServer } from 'node:net';

/** Listens for a moment. @returns the port, or undefined where it is taken or not allowed. */
async function tryPort(port: number, host?: string): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen({ port, exclusive: true, ...(host === undefined ? {} : { host }) });
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : undefined;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}

/** @returns whether a server could listen on a port now. On some systems only the exact address tells. */
export async function isFree(port: number): Promise<boolean> {
  return (await tryPort(port, '127.0.0.1')) !== undefined && (await tryPort(port)) !== undefined;
}

/** @returns a port that nothing listens on. */
export async function freePort(): Promise<number> {
  const port = await tryPort(0);
  if (port === undefined) throw new Error('This machine has no free port.');
  return port;
}
