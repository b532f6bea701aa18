// The deny list of a provider: read when the first token arrives, then regularly until the provider is closed.
import { DenyList, type DenyOptions } from './deny-list.ts';
import type { Following } from './deny-sources.ts';
import type { Log } from './log.ts';

/** A deny list that is read again and again. */
export class FollowedDenyList extends DenyList {
  readonly #options: DenyOptions;
  readonly #resourceId: string;
  readonly #log: Log;
  #starting: Promise<Following> | undefined;
  #following: Following | undefined;

  constructor(options: DenyOptions, resourceId: string, log: Log) {
    super();
    this.#options = options;
    this.#resourceId = resourceId;
    this.#log = log;
  }

  /** Whether it was read recently enough to rely on it. */
  get isFresh(): boolean {
    return this.#following?.isFresh ?? false;
  }

  /**
   * Starts reading it, or reads it again if the process was suspended for too long, and waits for that.
   * @throws Error if the Redis client is not installed.
   */
  async freshen(): Promise<void> {
    this.#starting ??= this.#start();
    this.#following = await this.#starting;
    if (!this.#following.isFresh) await this.#following.freshen();
  }

  /** Ends the reading, and the connection to Redis. */
  async close(): Promise<void> {
    const starting = this.#starting;
    this.#starting = undefined;
    this.#following = undefined;
    await starting?.then(({ end }) => end()).catch(() => {});
  }

  async #start(): Promise<Following> {
    try {
      // Most servers have no deny list.
      const { followDenials } = await import('./deny-sources.ts');
      return await followDenials(this, { ...this.#options, resourceId: this.#resourceId }, this.#log);
    } catch (error) {
      this.#starting = undefined;
      throw error;
    }
  }
}
