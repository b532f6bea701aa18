import { afterEach, describe, expect, test } from 'vitest';
import { soak } from './attack/soak.ts';
import { heapOf, measuredHeap } from './heap.ts';
import { makeProject } from './project.ts';
import { type Ground, prepareGround } from './server.ts';

/** How many requests warm the server up; as many follow, and this is by how much the heap may grow meanwhile. */
interface Bounds {
  readonly requests: number;
  readonly megabytes: number;
}

/** A limited part of what `npm run attack -- --soak` sends: tests that the heap does not grow. */
export function describeSoak({ requests, megabytes }: Bounds): void {
  describe('thousands of requests', () => {
    let ground: Ground | undefined;
    afterEach(() => ground?.close());

    test('leave the heap as it was', async () => {
      // The rate counters are part of it; no user reaches these limits.
      const env = {
        REQUESTS_PER_MINUTE: '1000000',
        TOOL_CALLS_PER_MINUTE: '1000000',
        REFUSED_TOKENS_PER_MINUTE: '1000000',
      };
      ground = await prepareGround(await makeProject('todo'), { env, altered: measuredHeap });
      await soak(ground.target, ground.source, requests);
      const before = await heapOf(ground.server);
      const statuses = await soak(ground.target, ground.source, requests);
      expect([...statuses.keys()].sort()).toEqual([200, 400, 401, 403, 404]);
      const grown = (await heapOf(ground.server)) - before;
      // The cache of verified tokens is still filling up: it holds 20,000, of somewhat less than 1 kB each.
      expect(grown / 1024 / 1024).toBeLessThan(megabytes);
    });
  });
}
