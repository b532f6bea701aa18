// What counts for all replicas together: Redis or Postgres, whose clients are optional peers, loaded only if they are set.
import { openPostgres } from './postgres.ts';
import { openRedis } from './redis.ts';
import { postgresLimiter, redisLimiter } from './speed.ts';

/** Counts up to a number of points a minute. */
export interface Counter {
  /** @throws RateLimiterRes if there are too many. */
  consume(key: string): Promise<unknown>;
}

export interface CounterOptions {
  readonly keyPrefix: string;
  readonly points: number;
  /** In seconds. */
  readonly duration: number;
}

export interface CountingEngine {
  readonly name: 'Redis' | 'Postgres';
  /** @throws Error if it cannot be reached or used, or its client is not installed. */
  open(): Promise<OpenEngine>;
}

export interface OpenEngine {
  counter(options: CounterOptions): Promise<Counter>;
  close(): void;
}

/** In ms: how long a request waits for an engine. */
const patience = 500;

export const redisEngine = (url: string): CountingEngine => ({
  name: 'Redis',
  async open() {
    const redis = await openRedis(url, patience);
    return {
      async counter(options) {
        await redis.ready(patience);
        const Limiter = await redisLimiter();
        // Nothing waits for a connection that is lost.
        return new Limiter({ ...options, storeClient: redis.client, rejectIfRedisNotReady: true });
      },
      close: () => redis.disconnect(),
    };
  },
});

/** UNLOGGED: a crash resets the counts, and in return nothing waits for the disk. */
const table = `SELECT pg_advisory_xact_lock(7120035); CREATE SCHEMA IF NOT EXISTS scalekit_mcp;
  CREATE UNLOGGED TABLE IF NOT EXISTS scalekit_mcp.limits (key text PRIMARY KEY, points integer NOT NULL DEFAULT 0, expire bigint)`;

export const postgresEngine = (url: string): CountingEngine => ({
  name: 'Postgres',
  async open() {
    const pool = await openPostgres(url, patience);
    try {
      // An administrator may have made it for a role that may not.
      const { rows } = await pool.query(
        `SELECT to_regclass('scalekit_mcp.limits') IS NOT NULL AS "isThere"`,
        [],
      );
      // Several statements at once are one transaction.
      if (!rows[0]?.isThere) await pool.query(table);
    } catch (error) {
      pool.end().catch(() => {});
      throw error;
    }
    // Without the name that the limiter gives its statements: PgBouncer hands the next one to another connection.
    const storeClient = {
      query: ({ text, values }: { text: string; values: unknown[] }) => pool.query(text, values),
    };
    return {
      async counter(options) {
        const Limiter = await postgresLimiter();
        return new Limiter({
          ...options,
          storeClient,
          storeType: 'client',
          schemaName: 'scalekit_mcp',
          tableName: 'limits',
          tableCreated: true,
          // Once refused, a user causes no more queries until the minute is over.
          inMemoryBlockOnConsumed: options.points + 1,
        });
      },
      close: () => void pool.end().catch(() => {}),
    };
  },
});
