import { expect, onTestFinished, test } from 'vitest';
import { casesFor } from './attack/cases/index.ts';
import { attack, complaintsOf } from './attack/run.ts';
import { impatient } from './clock.ts';
import { makeProject } from './project.ts';
import { prepareGround, unlimited } from './server.ts';

// In a file of its own, so that it runs beside the others: it mostly waits. Time-outs are Node's own work, so once is enough.

test('whoever sends slowly, or not at all, is cut in time', async () => {
  // Five times sooner than in production: a busy machine then has time to spare.
  const ground = await prepareGround(await makeProject('todo'), { env: unlimited, nodeOptions: impatient });
  onTestFinished(() => ground.close());
  expect(ground.server.program.stdout).toContain('cuts headers after 10000 ms, requests after 30000 ms');
  const cases = casesFor(ground.target).filter(({ slow }) => slow);
  expect(cases.length).toBeGreaterThan(5);
  const outcomes = await attack(ground.target, ground.source, { cases });
  expect(complaintsOf(outcomes)).toEqual([]);
  expect(outcomes.filter(({ skipped }) => skipped !== undefined)).toEqual([]);
});
