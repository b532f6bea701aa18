// Where the server listens: one address, several, or all of the machine.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A machine without IPv6 says one of these. */
const noSuchAddress = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];
const attempts = 10;

/** An address that could not be listened on, with Node's error as its cause. */
export class NotListening extends Error {
  override readonly name = 'NotListening';
  readonly port: number;
  /** Undefined where it was all addresses. */
  readonly host: string | undefined;

  constructor(port: number, host: string | undefined, cause: unknown) {
    super(`Not listening on ${host ?? 'all addresses'}, port ${port}`, { cause });
    this.port = port;
    this.host = host;
  }
}

/** One server on several addresses: node:http needs a server for each. */
export class ListeningServers {
  readonly #create: () => Server;
  #servers: Server[] = [];

  constructor(create: () => Server) {
    this.#create = create;
  }

  /** @returns the port, which is the same at every address. @throws NotListening. */
  async open(port: number, hosts: readonly string[]): Promise<number> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#openAll(port, hosts);
      } catch (error) {
        await this.close(0);
        // A port that is free at one address may be taken at the other.
        if (port !== 0 || attempt === attempts) throw error;
      }
    }
  }

  async #openAll(port: number, hosts: readonly string[]): Promise<number> {
    let taken = port;
    for (const host of hosts.length > 0 ? hosts : [undefined]) {
      const server = this.#create();
      try {
        refuseWithoutNetwork();
        server.listen({ port: taken, ...(host && { host }) });
        await once(server, 'listening');
      } catch (error) {
        const isSpare = this.#servers.length > 0 && host === '::1';
        if (isSpare && noSuchAddress.includes(String((error as NodeJS.ErrnoException).code))) continue;
        throw new NotListening(taken, host, error);
      }
      this.#servers.push(server);
      taken = (server.address() as AddressInfo).port;
    }
    return taken;
  }

  /** @param grace milliseconds for requests that are under way. */
  async close(grace: number): Promise<void> {
    const servers = this.#servers;
    this.#servers = [];
    await quietTurn(servers);
    await Promise.all(servers.map((server) => closeServer(server, grace)));
  }
}

/**
 * With `--permission` Node.js 25 and later need `--allow-net`. Without it `listen` throws where nobody can catch it.
 * @throws Error with the code of Node's own.
 */
function refuseWithoutNetwork(): void {
  const isKnown = process.allowedNodeEnvironmentFlags.has('--allow-net');
  if (!isKnown || process.permission?.has('net') !== false) return;
  const message = 'Node.js runs with --permission, which keeps it from the network: add --allow-net.';
  throw Object.assign(new Error(message), { code: 'ERR_ACCESS_DENIED' });
}

/** In ms, and how many turns are looked at, at most. */
const short = 0.25;
const turns = 200;

/**
 * Waits for a turn of the event loop that was short and met no new connection. What the kernel has and Node.js has not yet looked
 * at is lost when a server stops listening (a new connection) or closes an idle connection (a request on it): proxies that do not
 * ask who is ready send some until then. The first turn does not count, because it may have begun after Node.js has looked.
 */
async function quietTurn(servers: readonly Server[]): Promise<void> {
  let taken = 0;
  const count = () => {
    taken += 1;
  };
  for (const server of servers) server.on('connection', count);
  let last = performance.now();
  for (let turn = 0; turn < turns; turn += 1) {
    const before = taken;
    await new Promise((resolve) => setImmediate(resolve));
    const now = performance.now();
    if (turn > 0 && now - last < short && taken === before) break;
    last = now;
  }
  for (const server of servers) server.off('connection', count);
}

async function closeServer(server: Server, grace: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const sweepIdle = () => quietTurn([server]).then(() => server.closeIdleConnections());
  const sweep = setInterval(() => void sweepIdle(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), grace);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
