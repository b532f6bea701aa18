import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { emulatorPort } from '../../src/scalekit/index.ts';

async function listens(port: number): Promise<number | undefined> {
  const server = createServer().listen(port);
  try {
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : undefined;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}

/**
 * Below the ports that operating systems give to connections and to `listen(0)` (from 32768 on), so that nobody but
 * another test can take one between now and its use; and it would have to draw the same of thousands.
 * @returns a port that is free, and whose local Scalekit's port is free too.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(12_000, 31_000);
    const free = [await listens(port), await listens(emulatorPort(port))];
    if (!free.includes(undefined)) return port;
  }
  throw new Error('no free port');
}

/** @returns whether something accepts connections at a port of this machine. */
export async function isTaken(port: number): Promise<boolean> {
  const accepts = (host: string) =>
    new Promise<boolean>((resolve) => {
      const socket = connect({ host, port });
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  const answers = await Promise.all([accepts('127.0.0.1'), accepts('::1')]);
  return answers.includes(true);
}
