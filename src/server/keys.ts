// Scalekit's signing keys: fetched, kept, and fetched again when they changed.
import type { JSONWebKeySet, JWK, JWTVerifyGetKey } from 'jose';
import { JWKSNoMatchingKey } from 'jose/errors';
import { createLocalJWKSet } from 'jose/jwks/local';
import { clockOffset } from '../scalekit/clock.ts';
import { clockToleranceSeconds } from '../scalekit/tokens.ts';
import { download } from './download.ts';
import type { Log } from './log.ts';

const second = 1000;
const minute = 60 * second;

/** After this the keys are fetched again, in the background. */
const freshFor = 5 * minute;
/** After this they are fetched before a request is let in: a withdrawn key is gone within this time, used or not. */
const trustedFor = 10 * minute;
/** How long the last good keys are used while the key server fails: an outage at Scalekit need not become ours. */
const usableFor = 12 * 60 * minute;
/** Tokens with unknown key ids, however many, cause one fetch in this time. */
const cooldown = second;
/** After a failed fetch: 1, 2, 4, 8 seconds. */
const longestPause = 8 * second;

/**
 * The keys are not available. That is not the client's fault: it is told to come back, and keeps its token.
 *
 * @example
 * if (error instanceof KeysUnavailable) res.writeHead(503, { 'retry-after': error.retryAfter }).end();
 */
export class KeysUnavailable extends Error {
  override readonly name: string = 'KeysUnavailable';
  /** A short code, for a log. */
  readonly reason: string = 'keys_unavailable';
  /** In whole seconds. */
  readonly retryAfter: number;

  constructor(retryAfter: number, cause?: unknown) {
    super('The signing keys are not available', { cause });
    this.retryAfter = retryAfter;
  }
}

/** The keys of one Scalekit environment. */
export class KeySet {
  /** Counts the fetches: a token that was verified with an earlier version is verified again. */
  version = 0;
  /** Gets a line when a fetch fails, or shows that our clock is wrong. */
  log: Log | undefined;
  #url: string;
  #keys: JWTVerifyGetKey | undefined;
  #fetchedAt = 0;
  #lookedAgainAt = 0;
  #failures = 0;
  #failedAt = 0;
  #pause = 0;
  #pending: Promise<JWTVerifyGetKey> | undefined;
  #isClockOff = false;

  readonly #longestWait: number;

  /** @param longestWait milliseconds that a request waits for newer keys while there are old ones. */
  constructor(url: string, longestWait = 2 * second) {
    this.#url = url;
    this.#longestWait = longestWait;
  }

  /** Fetches them somewhere else from now on. */
  moveTo(url: string): void {
    this.#url = url;
  }

  /**
   * Finds the key of a token; this is what jose's `jwtVerify` takes.
   * @throws KeysUnavailable, or jose's JWKSNoMatchingKey when no key has the token's key id.
   */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const keys = await this.load();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof JWKSNoMatchingKey)) throw error;
      const newer = await this.#lookAgain();
      if (newer === undefined) throw error;
      return await newer(header, token);
    }
  };

  /**
   * @returns the keys, fetched where that is needed. Keys of a few minutes ago are returned at once, while newer ones are
   * fetched; older ones only if newer ones cannot be fetched.
   */
  async load(): Promise<JWTVerifyGetKey> {
    const age = elapsed(this.#fetchedAt);
    const known = this.#keys;
    if (known === undefined || age > usableFor) return await this.#refresh();
    if (age <= freshFor) return known;
    const newer = this.#refresh().catch(() => known);
    // While the key server is known to fail, requests do not wait for it.
    if (age <= trustedFor || this.#failures > 0) return this.#keys ?? known;
    return await within(this.#longestWait, newer, known);
  }

  /** After a rotation a good token carries a key id that is new to us. So does a forged one: hence the cooldown. */
  async #lookAgain(): Promise<JWTVerifyGetKey | undefined> {
    if (this.#pending) return await this.#pending;
    if (this.#failures === 0) {
      if (elapsed(this.#lookedAgainAt) < cooldown) return undefined;
      this.#lookedAgainAt = Date.now();
    }
    return await this.#refresh();
  }

  async #refresh(): Promise<JWTVerifyGetKey> {
    const pause = this.#pause - elapsed(this.#failedAt);
    if (pause > 0) throw new KeysUnavailable(Math.ceil(pause / second));
    this.#pending ??= this.#fetch().finally(() => {
      this.#pending = undefined;
    });
    return await this.#pending;
  }

  async #fetch(): Promise<JWTVerifyGetKey> {
    try {
      const askedAt = Date.now();
      const { text, headers } = await download(this.#url, 'The key server');
      this.#keys = createLocalJWKSet(keySetIn(text));
      this.#fetchedAt = Date.now();
      this.#compareClocks(clockOffset(headers, askedAt, this.#fetchedAt) ?? 0);
      this.#failures = 0;
      this.version += 1;
      return this.#keys;
    } catch (error) {
      const pause = Math.min(second * 2 ** this.#failures, longestPause);
      this.#failures += 1;
      this.#failedAt = Date.now();
      this.#pause = pause;
      this.log?.('warn', 'keys_unavailable', { url: this.#url, cause: messageOf(error), retryInMs: pause });
      throw new KeysUnavailable(Math.ceil(pause / second), error);
    }
  }

  /** With a wrong clock good tokens are refused, and nothing else would say why. Said once, until it is right again. */
  #compareClocks(offset: number): void {
    const wasOff = this.#isClockOff;
    this.#isClockOff = Math.abs(offset) > clockToleranceSeconds;
    if (!this.#isClockOff || wasOff) return;
    const [relation, effect] =
      offset > 0
        ? ['behind', 'new tokens are not valid yet']
        : ['ahead of', 'good tokens look as if they had expired'];
    const message = `This machine's clock is ${inWords(Math.abs(offset))} ${relation} Scalekit's: ${effect}. Have it set automatically (NTP).`;
    this.log?.('warn', 'clock_off', { message, seconds: offset });
  }
}

/** @returns a time in words that a person can compare with a watch. */
function inWords(seconds: number): string {
  const hours = seconds / 3600;
  if (hours >= 48) return `${Math.round(hours / 24)} days`;
  if (hours >= 2) return `${Math.round(hours)} hours`;
  return seconds >= 120 ? `${Math.round(seconds / 60)} minutes` : `${seconds} seconds`;
}

/** @returns the promised value, or the other one if it takes too long. */
async function within<T>(milliseconds: number, promised: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(resolve, milliseconds, otherwise);
  });
  return await Promise.race([promised, late]).finally(() => clearTimeout(timer));
}

/** Milliseconds since then. A clock that was set back by an hour counts as an hour that has passed, not as the future. */
function elapsed(since: number): number {
  return Math.abs(Date.now() - since);
}

function keySetIn(text: string): JSONWebKeySet {
  const body: unknown = JSON.parse(text);
  const listed = typeof body === 'object' && body !== null && 'keys' in body ? body.keys : undefined;
  const keys = Array.isArray(listed) ? listed.filter(isSigningKey) : [];
  // An empty set would refuse every token. Better to keep the keys that we have.
  if (keys.length === 0) throw new Error('The key server sent no RS256 signing key');
  return { keys };
}

function isSigningKey(key: unknown): key is JWK {
  if (typeof key !== 'object' || key === null) return false;
  const { kty, use = 'sig', alg = 'RS256', n, e } = key as JWK;
  return kty === 'RSA' && use === 'sig' && alg === 'RS256' && typeof n === 'string' && typeof e === 'string';
}

function messageOf(error: unknown): string {
  // A name with several addresses fails with an error for each, and without a message of its own.
  const cause: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return cause instanceof Error ? cause.message : String(cause);
}
