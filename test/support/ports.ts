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

/** @returns a port that is free, and whose local Scalekit's port is free too. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = await listens(0);
    if (port !== undefined && (await listens(emulatorPort(port))) !== undefined) return port;
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
