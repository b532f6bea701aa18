// Speed: what is loaded and set in an unusual way, because the usual way is slow. Measured with Node 24.

import { setFlagsFromString } from 'node:v8';
import type * as Limiter from 'rate-limiter-flexible';
// @ts-expect-error: the package declares the types of its index alone.
import Memory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
// @ts-expect-error: here, too.
import Result from 'rate-limiter-flexible/lib/RateLimiterRes.js';

/**
 * For a process that is this server and nothing else. The SDK makes a server object for each request. V8 takes such
 * objects for long-lived ones and moves them, with all that hangs on them, to where only a full garbage collection finds
 * them: a third of the CPU time, and pauses of 20 ms.
 */
export function tuneProcess(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}

/** An `import` of node:http also loads Node's `fetch`, which no request needs: 25 ms. */
export const http = process.getBuiltinModule('node:http');
/** Loads TLS, so only where it is called. */
export const https = () => process.getBuiltinModule('node:https');

/** The package's index loads the drivers of two dozen databases: 12 ms. */
export const RateLimiterMemory: typeof Limiter.RateLimiterMemory = Memory;
export type RateLimiterMemory = Limiter.RateLimiterMemory;
export const RateLimiterRes: typeof Limiter.RateLimiterRes = Result;

/** Loaded only if limits are shared. */
export async function redisLimiter(): Promise<typeof Limiter.RateLimiterRedis> {
  // @ts-expect-error: here, too.
  return (await import('rate-limiter-flexible/lib/RateLimiterRedis.js')).default;
}

/** Likewise. */
export async function postgresLimiter(): Promise<typeof Limiter.RateLimiterPostgres> {
  // @ts-expect-error: here, too.
  return (await import('rate-limiter-flexible/lib/RateLimiterPostgres.js')).default;
}
