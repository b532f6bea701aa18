import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { isFree } from '../../src/project/ports.ts';
import { emulatorPort } from '../../src/scalekit/index.ts';

/**
 * Below the ports that operating systems give to connections and to `listen(0)` (from 32768 on), so that nobody but
 * another test can take one between now and its use; and it would have to draw the same of thousands.
 * @returns a port that is free, and whose local Scalekit's port is free too.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(12_000, 31_000);
    if ((await isFree(port)) && (await isFree(emulatorPort(port)))) return port;
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
