import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { isFree } from '../../src/project/ports.ts';
import { emulatorPort } from '../../src/scalekit/index.ts';

// Each test process of vitest draws from ports of its own: no other process can take a free port before it is used. The local
// Scalekit's port is a thousand above, and 1000 is 8 modulo 16, so that eight processes and their Scalekits never meet.
const own = Number(process.env.VITEST_POOL_ID ?? 0) % 8;

/**
 * Below the ports that operating systems give to connections and to `listen(0)` (from 32768 on), and above those of
 * `freeMcpUrl`.
 * @returns a port that is free, and whose local Scalekit's port is free too.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = 16 * randomInt(1_375, 1_937) + own;
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
