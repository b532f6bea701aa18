// Limits that replicas share, in a real Redis.
import { describe } from 'vitest';
import { lacks } from '../support/needs.ts';
import { freePort } from '../support/ports.ts';
import { redisNeed, startRedis } from '../support/redis.ts';
import { describeSharedLimits, type Engine } from './shared-limits.ts';

async function start(): Promise<Engine> {
  const port = await freePort();
  let redis = await startRedis(port);
  const restart = async () => {
    redis = await startRedis(port);
  };
  const kill = () => redis.kill();
  return { name: 'Redis', option: 'redisUrl', url: redis.url, kill, restart, remove: kill };
}

describe.skipIf(lacks('limits that replicas share', [redisNeed]))('limits with a Redis', async () => {
  describeSharedLimits(start, { option: 'redisUrl', url: `redis://127.0.0.1:${await freePort()}` });
});
