import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts';

/** A scope as an environment defines it. */
export interface Scope {
  readonly name: string;
  readonly description: string;
}

/** An MCP server that is registered in an environment. */
export interface Registered {
  readonly id: string;
  readonly name: string;
  /** Exactly as it was given. */
  readonly url: string;
  readonly description: string;
  readonly accessTokenExpiry: number;
  /** Who signs people in, if it is not Scalekit; else empty. */
  readonly provider: string;
  /** What its metadata offers; undefined if it answers nothing. */
  readonly emulator: Emulator | undefined;
}

export interface EnvironmentOptions {
  readonly id: string;
  readonly name: string;
  readonly type: 'DEV' | 'PRD';
  readonly scopes: readonly Scope[];
  /** Keeps the signing key, which the servers of an environment share. */
  readonly keyDirectory: string;
}

/**
 * A Scalekit environment: one origin, behind which each registered MCP server is a local Scalekit of its own. What is
 * not registered is not there.
 */
export class Environment {
  readonly id: string;
  readonly name: string;
  readonly type: 'DEV' | 'PRD';
  readonly clientId: string;
  readonly scopes: Scope[];
  readonly servers: Registered[] = [];
  readonly #options: EnvironmentOptions;
  readonly #front = createServer({ keepAliveTimeout: 0 }, (request, response) =>
    this.#forward(request, response),
  );
  /** Which of them asked the person, by the path of the page. */
  readonly #pages = new Map<string, Emulator>();

  private constructor(options: EnvironmentOptions) {
    this.id = options.id;
    this.name = options.name;
    this.type = options.type;
    this.clientId = `skc_${options.id.replaceAll(/\D/g, '')}77`;
    this.scopes = [...options.scopes];
    this.#options = options;
  }

  static async start(options: EnvironmentOptions): Promise<Environment> {
    const environment = new Environment(options);
    environment.#front.listen(0, '127.0.0.1');
    await once(environment.#front, 'listening');
    return environment;
  }

  get domain(): string {
    return `localhost:${(this.#front.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://${this.domain}`;
  }

  /**
   * Registers an MCP server, with all scopes of the environment, as Scalekit's tool does.
   * @param answers whether its metadata and the rest of its authorization server answer.
   */
  async register(server: Omit<Registered, 'emulator'>, answers = true): Promise<void> {
    const emulator = answers
      ? await startEmulator({
          publicUrl: this.url,
          resourceId: server.id,
          mcpUrl: server.url,
          scopes: this.scopes,
          keyDirectory: this.#options.keyDirectory,
          tokenLifetime: server.accessTokenExpiry,
        })
      : undefined;
    this.servers.push({ ...server, emulator });
  }

  #emulatorFor(path: string): Emulator | undefined {
    const id = /\/resources\/(\w+)(?:\/|$)/.exec(path)?.[1];
    if (id !== undefined) return this.servers.find((server) => server.id === id)?.emulator;
    return this.#pages.get(path) ?? this.servers.find(({ emulator }) => emulator)?.emulator;
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const emulator = this.#emulatorFor(path);
    if (emulator === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"code":5,"message":"Not Found"}');
      return;
    }
    const { method, url, headers } = request;
    const options = { host: '127.0.0.1', port: emulator.port, method, path: url, headers, agent: false };
    const forwarded = send(options, (answer) => {
      const page = answer.headers.location;
      if (page?.startsWith('/')) this.#pages.set(page.split('?')[0] ?? page, emulator);
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forwarded.on('error', () => response.destroy());
    request.pipe(forwarded);
  }

  /** Removes everything that was created. */
  async reset(): Promise<void> {
    const servers = this.servers.splice(0);
    await Promise.all(servers.map(({ emulator }) => emulator?.close()));
    this.scopes.splice(0, this.scopes.length, ...this.#options.scopes);
    this.#pages.clear();
  }

  async close(): Promise<void> {
    this.#front.close();
    this.#front.closeAllConnections();
    await this.reset();
  }
}
