import { connect } from 'node:net';

/** @returns whether something on this machine accepts connections at a port. */
export async function answers(port: number): Promise<boolean> {
  // `localhost` alone would do where both families are tried, which a machine's configuration may switch off.
  const tries = await Promise.all([accepts('127.0.0.1', port), accepts('::1', port)]);
  return tries.includes(true);
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}
