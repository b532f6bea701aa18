// Rate limits: how often a user may ask and call tools, and how often an address may come with a bad token.
import { isIPv6 } from 'node:net';
import { type Counter, type CountingEngine, postgresEngine, redisEngine } from './counting-engines.ts';
import type { Log } from './log.ts';
import { SharedCounts } from './shared-counts.ts';
import { RateLimiterMemory, RateLimiterRes } from './speed.ts';

/** How often a user, or an address, may ask. */
export interface LimitOptions {
  /** Requests of any kind per minute and user, or per address if there is no token; 0 for no limit. */
  readonly requestsPerMinute?: number;
  /** Tool calls per minute and user, or address; 0 for no limit. */
  readonly toolCallsPerMinute?: number;
  /** Refused tokens per minute and address; 0 for no limit. */
  readonly refusedTokensPerMinute?: number;
  /** A Redis in which replicas count together (`npm install ioredis`). Default: each process counts for itself. */
  readonly redisUrl?: string | undefined;
  /** A Postgres in which they do so if there is no `redisUrl` (`npm install pg`). */
  readonly databaseUrl?: string | undefined;
}

/** The counters live in memory, or in Redis or Postgres for all replicas together. */
export class Limits {
  readonly #shared: SharedCounts | undefined;
  readonly #requests: Counter | undefined;
  readonly #toolCalls: Counter | undefined;
  readonly #refusedTokens: Counter | undefined;

  /** @param server what its replicas have in common, and no other server: its URL. */
  constructor(options: LimitOptions, server = '', log: Log = () => {}) {
    const { requestsPerMinute = 0, toolCallsPerMinute = 0, refusedTokensPerMinute = 0 } = options;
    const engine = engineOf(options);
    if (engine !== undefined) this.#shared = new SharedCounts(engine, `scalekit-mcp:${server}:limits`, log);
    this.#requests = this.#counter('requests', requestsPerMinute);
    this.#toolCalls = this.#counter('tool-calls', toolCallsPerMinute);
    this.#refusedTokens = this.#counter('refused-tokens', refusedTokensPerMinute);
  }

  /** Ends the connections to Redis or Postgres, where there are some. */
  close(): void {
    this.#shared?.close();
  }

  /** Counts a request of a user, or of an address. @returns the seconds to wait, when there were too many. */
  request(holder: string): Promise<number | undefined> {
    return consume(this.#requests, holder);
  }

  /** Counts a tool call. @returns the seconds to wait, when there were too many. */
  toolCall(holder: string): Promise<number | undefined> {
    return consume(this.#toolCalls, holder);
  }

  /** Counts a refused token. @returns the seconds to wait, when there were too many. */
  refusedToken(address: string): Promise<number | undefined> {
    return consume(this.#refusedTokens, networkOf(address));
  }

  #counter(name: string, points: number): Counter | undefined {
    if (points <= 0) return undefined;
    return this.#shared?.counter(name, points) ?? new RateLimiterMemory({ points, duration: 60 });
  }
}

/** Redis comes first: it is made for this, and takes the load off a database. */
function engineOf({ redisUrl, databaseUrl }: LimitOptions): CountingEngine | undefined {
  if (redisUrl !== undefined) return redisEngine(redisUrl);
  return databaseUrl === undefined ? undefined : postgresEngine(databaseUrl);
}

async function consume(counter: Counter | undefined, key: string): Promise<number | undefined> {
  try {
    await counter?.consume(key);
    return undefined;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.ceil(refused.msBeforeNext / 1000);
    throw refused;
  }
}

/** One customer has 2^64 IPv6 addresses: they count as one, by their first half. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const rest = tail?.split(':').filter((group) => group !== '') ?? [];
  const zeros = Array.from({ length: 8 - groups.length - rest.length }, () => '0');
  return [...groups, ...zeros, ...rest].slice(0, 4).join(':');
}
