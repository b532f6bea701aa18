// Limits that two replicas share, in a real Redis.
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { Limits } from '../../src/server/limits.ts';
import { lacks } from '../support/needs.ts';
import { freePort } from '../support/ports.ts';
import { type RedisServer, redisNeed, startRedis } from '../support/redis.ts';
import { until } from '../support/waiting.ts';

let redis: RedisServer | undefined;
afterEach(async () => {
  await redis?.kill();
  redis = undefined;
});

const server = 'https://mcp.example.com/mcp';

function replica(redisUrl: string, toolCallsPerMinute: number, name = server) {
  const events: string[] = [];
  const options = { toolCallsPerMinute, refusedTokensPerMinute: 2, redisUrl };
  const limits = new Limits(options, name, (_level, event) => events.push(event));
  onTestFinished(() => limits.close());
  return { limits, events };
}

/** @returns how many of so many calls were let through, one after the other. */
async function passed(limits: readonly Limits[], calls: number, user: string): Promise<number> {
  let count = 0;
  for (let call = 0; call < calls; call += 1)
    if ((await limits[call % limits.length]?.toolCall(user)) === undefined) count += 1;
  return count;
}

describe.skipIf(lacks('limits that replicas share', [redisNeed]))('limits with a Redis', () => {
  test('are one count for all replicas, a user and a kind each', async () => {
    redis = await startRedis();
    const [one, two] = [replica(redis.url, 10), replica(redis.url, 10)];
    expect(await passed([one.limits, two.limits], 16, 'ada')).toBe(10);
    const wait = await two.limits.toolCall('ada');
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect(await passed([two.limits], 1, 'bob'), 'another user').toBe(1);
    expect(await one.limits.refusedToken('192.0.2.1'), 'another kind').toBeUndefined();
    expect(await one.limits.refusedToken('192.0.2.1')).toBeUndefined();
    expect(await two.limits.refusedToken('192.0.2.1')).toBeGreaterThan(0);
    const other = replica(redis.url, 10, 'https://other.example.com/mcp');
    expect(await passed([other.limits], 1, 'ada'), 'another server').toBe(1);
    expect([...one.events, ...two.events]).toEqual([]);
  });

  test('hold in each process alone while Redis is away, say so once, and are shared again', async () => {
    const port = await freePort();
    redis = await startRedis(port);
    const { limits, events } = replica(redis.url, 5);
    expect(await passed([limits], 1, 'before')).toBe(1);
    await redis.kill();
    const start = performance.now();
    expect(await passed([limits], 20, 'ada'), 'the limit holds').toBe(5);
    expect(performance.now() - start, 'and nobody waits for Redis').toBeLessThan(10_000);
    expect(events).toEqual(['limits_not_shared']);

    redis = await startRedis(port);
    let user = 0;
    await until('Redis to count again', async () => {
      user += 1;
      await limits.toolCall(`user-${user}`);
      return events.includes('limits_shared');
    });
    expect(events).toEqual(['limits_not_shared', 'limits_shared']);
    const other = replica(redis.url, 5);
    expect(await passed([limits, other.limits], 8, 'eve')).toBe(5);
  });

  test('hold without a Redis from the start', async () => {
    const { limits, events } = replica(`redis://127.0.0.1:${await freePort()}`, 3);
    expect(await passed([limits], 6, 'ada')).toBe(3);
    expect(events).toEqual(['limits_not_shared']);
  });
});
