// Counts that replicas share, in Redis. While it is away, each process counts for itself.
import type { Log } from './log.ts';
import { openRedis, type Redis } from './redis.ts';
import { RateLimiterMemory, RateLimiterRes, redisLimiter } from './speed.ts';

/** Counts up to a number of points a minute. */
export interface Counter {
  /** @throws RateLimiterRes where there are too many. */
  consume(key: string): Promise<unknown>;
}

/** In ms: how long a request waits for Redis, and how long nobody asks it again when it did not answer. */
const patience = 500;
const pause = 1000;

export class SharedCounts {
  readonly #url: string;
  readonly #prefix: string;
  readonly #log: Log;
  #redis: Promise<Redis> | undefined;
  #isAway = false;
  #awayUntil = 0;

  /** @param prefix of the keys: servers that share a Redis count apart. */
  constructor(url: string, prefix: string, log: Log) {
    this.#url = url;
    this.#prefix = prefix;
    this.#log = log;
  }

  counter(name: string, points: number): Counter {
    const own = new RateLimiterMemory({ points, duration: 60 });
    let shared: Promise<Counter> | undefined;
    const count = async (key: string) => {
      shared ??= this.#shared(name, points);
      await (await shared).consume(key);
    };
    return {
      consume: async (key) => {
        if (Date.now() < this.#awayUntil) return await own.consume(key);
        try {
          await count(key);
          this.#isBack();
        } catch (thrown) {
          if (thrown instanceof RateLimiterRes) throw thrown;
          if (this.#redis === undefined) shared = undefined;
          this.#isGone(thrown as Error);
          await own.consume(key);
        }
      },
    };
  }

  close(): void {
    this.#redis?.then((redis) => redis.disconnect()).catch(() => {});
  }

  async #shared(name: string, points: number): Promise<Counter> {
    this.#redis ??= openRedis(this.#url, patience).catch((error: unknown) => {
      this.#redis = undefined;
      throw error;
    });
    const redis = await this.#redis;
    await redis.ready(patience);
    const Limiter = await redisLimiter();
    return new Limiter({
      storeClient: redis.client,
      keyPrefix: `${this.#prefix}:${name}`,
      points,
      duration: 60,
      // Nothing waits for a connection that is lost.
      rejectIfRedisNotReady: true,
    });
  }

  /** A series of failures is two lines in the log: its first, and its end. */
  #isGone({ message }: Error): void {
    this.#awayUntil = Date.now() + pause;
    if (!this.#isAway)
      this.#log('warn', 'limits_not_shared', {
        message: `Redis does not count (${message}): each replica counts for itself until it does`,
      });
    this.#isAway = true;
  }

  #isBack(): void {
    if (this.#isAway) this.#log('info', 'limits_shared');
    this.#isAway = false;
  }
}
