// Counts that replicas share, in Redis or Postgres. While it is away, each process counts for itself.
import type { Counter, CountingEngine, OpenEngine } from './counting-engines.ts';
import type { Log } from './log.ts';
import { RateLimiterMemory, RateLimiterRes } from './speed.ts';

/** In ms: how long the engine is not asked again after it did not answer. */
const pause = 1000;

export class SharedCounts {
  readonly #engine: CountingEngine;
  readonly #prefix: string;
  readonly #log: Log;
  #open: Promise<OpenEngine> | undefined;
  #isAway = false;
  #awayUntil = 0;

  /** @param prefix of the keys: servers that share an engine count apart. */
  constructor(engine: CountingEngine, prefix: string, log: Log) {
    this.#engine = engine;
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
          if (this.#open === undefined) shared = undefined;
          this.#isGone(thrown as NodeJS.ErrnoException);
          await own.consume(key);
        }
      },
    };
  }

  close(): void {
    this.#open?.then((engine) => engine.close()).catch(() => {});
  }

  async #shared(name: string, points: number): Promise<Counter> {
    this.#open ??= this.#engine.open().catch((error: unknown) => {
      this.#open = undefined;
      throw error;
    });
    const engine = await this.#open;
    return await engine.counter({ keyPrefix: `${this.#prefix}:${name}`, points, duration: 60 });
  }

  /** A series of failures is two lines in the log: the first one, and its end. */
  #isGone({ message, code }: NodeJS.ErrnoException): void {
    this.#awayUntil = Date.now() + pause;
    if (!this.#isAway)
      this.#log('warn', 'limits_not_shared', {
        message: `${this.#engine.name} does not count (${message || code}): each replica counts for itself until it does`,
      });
    this.#isAway = true;
  }

  #isBack(): void {
    if (this.#isAway) this.#log('info', 'limits_shared');
    this.#isAway = false;
  }
}
