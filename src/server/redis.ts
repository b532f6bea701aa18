// Redis, for servers that have REDIS_URL. Its client is an optional peer: it is loaded where the variable is set.

/** What is used of Redis. */
export interface Redis {
  zrangebyscore(...args: readonly string[]): Promise<readonly string[]>;
  disconnect(): void;
  /** Waits for the connection, for so many ms; where it does not come, commands say why. */
  ready(milliseconds: number): Promise<void>;
  /** The client itself, for what brings commands of its own. */
  readonly client: Client;
}

interface Client extends Pick<Redis, 'zrangebyscore' | 'disconnect'> {
  readonly status: string;
  on(event: 'error', listener: (error: Error) => void): unknown;
  once(event: 'ready', listener: () => void): unknown;
}

interface RedisModule {
  readonly Redis: new (url: string, options: object) => Client;
}

/** In ms: for one command, and between two attempts to connect. */
const patience = 2000;

/**
 * Opens a connection, which comes back by itself when it is lost. Commands fail meanwhile, and nothing waits.
 * @param commandTimeout how long a command may take, in ms.
 * @throws Error with the command that installs the client, if it is missing.
 */
export async function openRedis(url: string, commandTimeout = patience): Promise<Redis> {
  const module = await loadClient();
  const redis = new module.Redis(url, {
    connectTimeout: patience,
    commandTimeout,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt: number) => Math.min(attempt * 100, patience / 2),
  });
  // A command is told that its connection is gone, and not why.
  let why: Error | undefined;
  redis.on('error', (error) => {
    why = error;
  });
  return {
    zrangebyscore: (...args) =>
      redis.zrangebyscore(...args).catch((error: unknown) => {
        throw why ?? error;
      }),
    disconnect: () => redis.disconnect(),
    ready: (milliseconds) =>
      new Promise((resolve) => {
        if (redis.status === 'ready') return resolve();
        redis.once('ready', resolve);
        setTimeout(resolve, milliseconds).unref();
      }),
    client: redis,
  };
}

async function loadClient(): Promise<RedisModule> {
  try {
    // Written out, so that it gets into the bundle of a server that has it installed.
    // biome-ignore lint/suspicious/noTsIgnore: it is an error only where the client is not installed.
    // @ts-ignore
    return (await import('ioredis')) as unknown as RedisModule;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw cause;
    throw new Error('REDIS_URL is set, and the Redis client is not installed: npm install ioredis', {
      cause,
    });
  }
}
