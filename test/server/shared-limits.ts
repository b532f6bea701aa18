import { afterEach, expect, onTestFinished, test } from 'vitest';
import { Limits } from '../../src/server/limits.ts';
import { until } from '../support/waiting.ts';

/** An engine that counts for several replicas, started by the tests. */
export interface Engine {
  readonly name: string;
  readonly option: 'redisUrl' | 'databaseUrl';
  readonly url: string;
  kill(): Promise<void>;
  /** Starts it again, at the same address. */
  restart(): Promise<void>;
  remove(): Promise<void>;
}

const server = 'https://mcp.example.com/mcp';

interface Replica {
  readonly limits: Limits;
  readonly events: readonly string[];
}

function replicaOf({ option, url }: Pick<Engine, 'option' | 'url'>, calls: number, name = server): Replica {
  const events: string[] = [];
  const options = { toolCallsPerMinute: calls, refusedTokensPerMinute: 2, [option]: url };
  const limits = new Limits(options, name, (_level, event) => events.push(event));
  onTestFinished(() => limits.close());
  return { limits, events };
}

/** @returns how many of a number of successive calls were let through. */
async function passed(limits: readonly Limits[], calls: number, user: string): Promise<number> {
  let count = 0;
  for (let call = 0; call < calls; call += 1)
    if ((await limits[call % limits.length]?.toolCall(user)) === undefined) count += 1;
  return count;
}

/** Declares the tests of limits that replicas share, in a real engine. */
export function describeSharedLimits(
  start: () => Promise<Engine>,
  nowhere: Pick<Engine, 'option' | 'url'>,
): void {
  let engine: Engine | undefined;
  const started = async () => {
    engine = await start();
    return engine;
  };
  afterEach(async () => {
    await engine?.remove();
    engine = undefined;
  });

  test('count across all replicas, for each user and kind', async () => {
    const counting = await started();
    const [one, two] = [replicaOf(counting, 10), replicaOf(counting, 10)];
    expect(await passed([one.limits, two.limits], 16, 'ada')).toBe(10);
    const wait = await two.limits.toolCall('ada');
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect(await passed([two.limits], 1, 'bob'), 'another user').toBe(1);
    expect(await one.limits.refusedToken('192.0.2.1'), 'another kind').toBeUndefined();
    expect(await one.limits.refusedToken('192.0.2.1')).toBeUndefined();
    expect(await two.limits.refusedToken('192.0.2.1')).toBeGreaterThan(0);
    const other = replicaOf(counting, 10, 'https://other.example.com/mcp');
    expect(await passed([other.limits], 1, 'ada'), 'another server').toBe(1);
    expect([...one.events, ...two.events]).toEqual([]);
  });

  test('count across replicas that start at the same time', async () => {
    const counting = await started();
    const replicas = Array.from({ length: 8 }, () => replicaOf(counting, 20));
    const counts = await Promise.all(replicas.map(({ limits }) => passed([limits], 5, 'ada')));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(20);
    expect(replicas.flatMap(({ events }) => events)).toEqual([]);
  });

  test('count in each process while the engine is away, log that once, and are shared again afterwards', async () => {
    const counting = await started();
    const { limits, events } = replicaOf(counting, 5);
    expect(await passed([limits], 1, 'before')).toBe(1);
    await counting.kill();
    const begin = performance.now();
    expect(await passed([limits], 20, 'ada'), 'the limit holds').toBe(5);
    expect(performance.now() - begin, 'and nobody waits for the engine').toBeLessThan(10_000);
    expect(events).toEqual(['limits_not_shared']);

    await counting.restart();
    let user = 0;
    await until('the engine to count again', async () => {
      user += 1;
      await limits.toolCall(`user-${user}`);
      return events.includes('limits_shared');
    });
    expect(events).toEqual(['limits_not_shared', 'limits_shared']);
    const other = replicaOf(counting, 5);
    expect(await passed([limits, other.limits], 8, 'eve')).toBe(5);
  });

  test('count in each process if the engine is away from the start', async () => {
    const { limits, events } = replicaOf(nowhere, 3);
    expect(await passed([limits], 6, 'ada')).toBe(3);
    expect(events).toEqual(['limits_not_shared']);
  });
}
