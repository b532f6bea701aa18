// Rate limits: how often a user may ask and call tools, and how often an address may come with a bad token.
import { isIPv6 } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from './speed.ts';

/** How often a user, or an address, may ask. */
export interface LimitOptions {
  /** Requests a minute and user, of every kind; 0 for no limit. */
  readonly requestsPerMinute?: number;
  /** Tool calls a minute and user; 0 for no limit. */
  readonly toolCallsPerMinute?: number;
  /** Refused tokens a minute and address; 0 for no limit. */
  readonly refusedTokensPerMinute?: number;
}

/**
 * The counters live in memory, so each process counts for itself. For one count over several processes take
 * `RateLimiterRedis` or `RateLimiterPostgres` of the same package, with this one as its `insuranceLimiter`.
 */
export class Limits {
  readonly #requests: RateLimiterMemory | undefined;
  readonly #toolCalls: RateLimiterMemory | undefined;
  readonly #refusedTokens: RateLimiterMemory | undefined;

  constructor({ requestsPerMinute = 0, toolCallsPerMinute = 0, refusedTokensPerMinute = 0 }: LimitOptions) {
    this.#requests = limiter(requestsPerMinute);
    this.#toolCalls = limiter(toolCallsPerMinute);
    this.#refusedTokens = limiter(refusedTokensPerMinute);
  }

  /** Counts a request with a good token. @returns the seconds to wait, when there were too many. */
  request(userId: string): Promise<number | undefined> {
    return consume(this.#requests, userId);
  }

  /** Counts a tool call. @returns the seconds to wait, when there were too many. */
  toolCall(userId: string): Promise<number | undefined> {
    return consume(this.#toolCalls, userId);
  }

  /** Counts a refused token. @returns the seconds to wait, when there were too many. */
  refusedToken(address: string): Promise<number | undefined> {
    return consume(this.#refusedTokens, networkOf(address));
  }
}

function limiter(points: number): RateLimiterMemory | undefined {
  return points > 0 ? new RateLimiterMemory({ points, duration: 60 }) : undefined;
}

async function consume(counter: RateLimiterMemory | undefined, key: string): Promise<number | undefined> {
  try {
    await counter?.consume(key);
    return undefined;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.ceil(refused.msBeforeNext / 1000);
    throw refused;
  }
}

/** One customer has 2^64 IPv6 addresses: they count as one, by their first half. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const rest = tail?.split(':').filter((group) => group !== '') ?? [];
  const zeros = Array.from({ length: 8 - groups.length - rest.length }, () => '0');
  return [...groups, ...zeros, ...rest].slice(0, 4).join(':');
}
