import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';

/** Of both address families, because `localhost` means either, depending on the machine. */
const addresses = { loopback: ['127.0.0.1', '::1'], all: ['0.0.0.0', '::'] } as const;

/** `all` is for containers: whoever publishes their ports decides who can reach them. */
export type Interfaces = keyof typeof addresses;

async function bind(handler: RequestListener, address: string, port: number): Promise<Server> {
  // No idle timeout: a client that sends on a connection in the moment the server closes it gets a reset instead of an
  // answer, and cannot safely repeat a POST. On a developer's machine idle connections cost nothing.
  const server = createServer({ keepAliveTimeout: 0 }, handler);
  server.listen({ port, host: address, ipv6Only: true });
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return address.port;
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function explain(port: number, error: unknown): Error {
  if (codeOf(error) === 'EADDRINUSE')
    return new Error(
      `Port ${port} is taken by another program, perhaps another local Scalekit: stop it, or choose another port.`,
      { cause: error },
    );
  if (codeOf(error) === 'EACCES')
    return new Error(`This process is not allowed to use port ${port}. Choose one above 1023.`, {
      cause: error,
    });
  return error as Error;
}

/** Binds the same port of the second address. @returns undefined on a machine without IPv6. */
async function bindSecond(
  handler: RequestListener,
  address: string,
  port: number,
): Promise<Server | undefined> {
  try {
    return await bind(handler, address, port);
  } catch (error) {
    if (codeOf(error) === 'EADDRNOTAVAIL' || codeOf(error) === 'EAFNOSUPPORT') return undefined;
    throw error;
  }
}

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // Idle connections, and requests that hang (one of the faults), would keep it open.
  server.closeAllConnections();
  await closed;
}

/**
 * Listens on loopback, or in a container on all interfaces.
 * @param port 0 takes one that is free on both addresses.
 * @throws Error naming the port if it is taken.
 */
export async function listen(
  handler: RequestListener,
  port: number,
  interfaces: Interfaces = 'loopback',
): Promise<Listening> {
  const [ipv4, ipv6] = addresses[interfaces];
  for (let attempt = 1; ; attempt++) {
    const first = await bind(handler, ipv4, port).catch((error) => {
      throw explain(port, error);
    });
    try {
      const second = await bindSecond(handler, ipv6, portOf(first));
      const servers = second === undefined ? [first] : [first, second];
      return {
        port: portOf(first),
        close: async () => void (await Promise.all(servers.map(stop))),
      };
    } catch (error) {
      await stop(first);
      // A port that is free on one address may be taken on the other.
      if (port !== 0 || attempt >= 10) throw explain(portOf(first), error);
    }
  }
}
