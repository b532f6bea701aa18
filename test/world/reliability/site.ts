import { type Emulator, startEmulator } from '../../../src/emulator/index.ts';
import { LaidOutImage } from '../../security/image.ts';
import { makeProject } from '../../security/project.ts';
import type { Need } from '../../support/needs.ts';
import { freePort } from '../../support/ports.ts';
import { Postgres, postgres } from '../../support/postgres.ts';
import type { Program } from '../../support/program.ts';
import { isInstalled, proxyKinds, type RunningProxy, startProxy } from '../../support/proxies.ts';
import { type RedisServer, redisNeed, startRedis } from '../../support/redis.ts';
import { until } from '../../support/waiting.ts';

export const siteNeeds: readonly Need[] = [
  postgres,
  redisNeed,
  { what: 'nginx', present: isInstalled('nginx'), install: 'apt-get install nginx' },
];

/** How many tool calls per minute the site allows a user: more than any of its users makes. */
export const callsPerMinute = 600;

/** The lines that a replica logs. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A server of the site, on a port that its successors take over. */
export class Replica {
  readonly #image: LaidOutImage;
  readonly #env: Readonly<Record<string, string>>;
  readonly port: number;
  #program: Program | undefined;

  constructor(image: LaidOutImage, port: number, env: Readonly<Record<string, string>>) {
    this.#image = image;
    this.port = port;
    this.#env = env;
  }

  get program(): Program {
    if (this.#program === undefined) throw new Error(`the replica at ${this.port} was not started`);
    return this.#program;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}/mcp`;
  }

  /** The log of the present process. */
  get log(): readonly LogLine[] {
    const lines = this.program.stderr.split('\n');
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine);
  }

  /** Starts it and waits until it has Scalekit's keys, as an orchestrator's probe does. */
  async start(): Promise<void> {
    this.#program = this.#image.run({ ...this.#env, PORT: String(this.port) });
    await this.program.says(/"event":"listening"/, 60_000);
    const ready = async () => (await fetch(`http://127.0.0.1:${this.port}/readyz`)).ok;
    await until(`the replica at ${this.port} is ready`, ready, 60_000);
  }

  /** Ends it as a platform does. @throws Error if it does not shut down cleanly. */
  async drain(): Promise<void> {
    this.program.child.kill('SIGTERM');
    const { code, signal, stderr } = await this.program.ended();
    if (code !== 0)
      throw new Error(`a drained replica ended with ${code ?? signal}:\n${stderr.slice(-2000)}`);
  }
}

/**
 * Three replicas of a generated `--store postgres` project behind nginx, with Postgres, Redis and a local Scalekit: each a
 * real program on a free port.
 */
export class Site {
  readonly scalekit: Emulator;
  readonly postgres: Postgres;
  readonly replicas: readonly Replica[];
  readonly endpoint: string;
  readonly #redisPort: number;
  readonly #closing: Array<() => Promise<unknown>>;
  #redis: RedisServer | undefined;

  private constructor(
    parts: Pick<Site, 'scalekit' | 'postgres' | 'replicas' | 'endpoint'>,
    redisPort: number,
    closing: Array<() => Promise<unknown>>,
  ) {
    this.scalekit = parts.scalekit;
    this.postgres = parts.postgres;
    this.replicas = parts.replicas;
    this.endpoint = parts.endpoint;
    this.#redisPort = redisPort;
    this.#closing = closing;
  }

  static async open(): Promise<Site> {
    const closing: Array<() => Promise<unknown>> = [];
    const opened = <T>(thing: T, close: (thing: T) => Promise<unknown>): T => {
      closing.unshift(() => close(thing));
      return thing;
    };
    try {
      const options = { options: ['--store', 'postgres'], packages: { ioredis: '^6.0.0' } };
      const project = await makeProject('todo', options);
      const image = opened(await LaidOutImage.of(project), (each) => each.remove());
      const database = opened(await Postgres.start(), (each) => each.remove());
      const ports = [await freePort(), await freePort(), await freePort()];
      const front: RunningProxy = opened(
        await startProxy(proxyKinds[1], { servers: ports, failTimeout: 1 }),
        (each) => each.stop(),
      );
      const mcpUrl = `${front.origin}/`;
      const scalekit = opened(await startEmulator({ mcpUrl }), (each) => each.close());
      const redisPort = await freePort();
      const env = {
        ...scalekit.variables,
        // Not `production`, which refuses a Scalekit on this machine; everything else is as in production.
        NODE_ENV: 'development',
        DRAIN_SECONDS: '2',
        LOG_FORMAT: 'json',
        MCP_URL: mcpUrl,
        TRUSTED_PROXIES: '1',
        DATABASE_URL: database.url(),
        REDIS_URL: `redis://127.0.0.1:${redisPort}`,
        STATE_SECRET: 'the same in all replicas, 32 characters',
        TOOL_CALLS_PER_MINUTE: String(callsPerMinute),
        REQUESTS_PER_MINUTE: '0',
      };
      const migration = image.run(env, ['node', 'dist/src/migrate.js']);
      const { code, stderr } = await migration.ended();
      if (code !== 0) throw new Error(`the migration ended with ${code}:\n${stderr}`);
      const replicas = ports.map((port) => new Replica(image, port, env));
      const endpoint = `${mcpUrl}mcp`;
      const site = new Site({ scalekit, postgres: database, replicas, endpoint }, redisPort, closing);
      await site.startRedis();
      for (const replica of replicas) {
        await replica.start();
        opened(replica, (each) => each.program.kill());
      }
      return site;
    } catch (error) {
      for (const close of closing) await close();
      throw error;
    }
  }

  async startRedis(): Promise<void> {
    this.#redis = await startRedis(this.#redisPort);
  }

  async killRedis(): Promise<void> {
    await this.#redis?.kill();
  }

  /** @returns one of the replicas, another one each time. */
  replica(number: number): Replica {
    return this.replicas[number % this.replicas.length] as Replica;
  }

  async close(): Promise<void> {
    for (const close of this.#closing) await close();
    await this.killRedis();
  }
}
