import { afterEach, describe, expect, test } from 'vitest';
import { fuzz } from './attack/fuzz.ts';
import { soak } from './attack/soak.ts';
import { heapOf, measuredHeap } from './heap.ts';
import { makeProject, type Template } from './project.ts';
import { type Ground, prepareGround, unlimited } from './server.ts';

let ground: Ground;

afterEach(() => ground?.close());

/** A bounded share of what `npm run attack -- --fuzz` and `--soak` send. */
describe('random requests', () => {
  test.for<Template>(['todo', 'blank'])(
    '%s: no crash, no hang, no leak, nothing without a token',
    async (template) => {
      ground = await prepareGround(await makeProject(template), { env: unlimited });
      await fuzz(ground.target, ground.source, { requests: 1500 });
      expect(ground.server.program.running).toBe(true);
      expect(ground.server.program.output).not.toMatch(/eyJ[\w-]{10,}/);
    },
  );
});

describe('thousands of requests', () => {
  test('leave the heap as it was', async () => {
    // The counters of the limits are part of it; nobody reaches these.
    const env = {
      REQUESTS_PER_MINUTE: '1000000',
      TOOL_CALLS_PER_MINUTE: '1000000',
      REFUSED_TOKENS_PER_MINUTE: '1000000',
    };
    ground = await prepareGround(await makeProject('todo'), { env, nodeOptions: measuredHeap });
    await soak(ground.target, ground.source, 5000);
    const before = await heapOf(ground.server);
    const statuses = await soak(ground.target, ground.source, 5000);
    expect([...statuses.keys()].sort()).toEqual([200, 400, 401, 403, 404]);
    const grown = (await heapOf(ground.server)) - before;
    // The cache of verified tokens is still filling up: it holds 20,000, of somewhat less than 1 kB each.
    expect(grown / 1024 / 1024).toBeLessThan(5);
  });
});
